"""Faults at random, and the proof that they did no harm.

One client sends numbered commands, another counts reports, and between the board and its server a relay delays, splits,
stalls and cuts, while servers and the board are stopped, frozen and killed. What really happened is known from the simulated
board: it logs each drive of an output before it is done (`run --verbose`) and its sensors are set through its control
socket. `history` holds what was seen and judges it, apart from any network, so that the judge itself is tested."""
