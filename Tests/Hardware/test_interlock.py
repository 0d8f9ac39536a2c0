"""Lines of which at most one may be on, by the kernel's own record."""
import os
import subprocess

COMMANDS = 10_000
# As interlock-soak has them: (pin, group, level that is on).
SOAKED = [("GPIO6", "blind", 1), ("GPIO7", "blind", 1), ("GPIO8", "motor", 1), ("GPIO9", "motor", 0), ("GPIO10", "motor", 1), ("GPIO11", "motor", 1)]
BLIND = (
    "[line up]\npin = GPIO6\npart = relay\ninterlock = blind 700ms\n"
    "[line down]\npin = GPIO7\npart = relay\ninterlock = blind\nactive-low = yes\n")


def test_never_two_on_under_10000_random_commands(soak, line, trace):
    wires = [line(pin) for pin, _, _ in SOAKED]
    wires[3].connect(1)  # active low: off while nobody drives it
    trace.keep(32_768)
    seed = int.from_bytes(os.urandom(6), "little")
    done = subprocess.run([*soak, str(seed), str(COMMANDS)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{COMMANDS} commands")
    on, times = [False] * len(SOAKED), 0
    for when, index, level in trace.every_change(wires):
        if index is None:
            # The lines were released: nobody drives them.
            on = [False] * len(SOAKED)
            continue
        on[index] = level == SOAKED[index][2]
        times += on[index]
        for group in ("blind", "motor"):
            both = [pin for (pin, its, _), is_on in zip(SOAKED, on) if is_on and its == group]
            assert len(both) <= 1, f"seed {seed}: {both} are both on at {when}"
    print(f"{times} times driven on")
    assert times > COMMANDS / 20, "it was hardly ever switched"


def test_break_before_make_with_a_gap_on_the_wire(board, line, trace):
    up, down = line("GPIO6"), line("GPIO7")
    down.connect(1)
    board.start(BLIND)
    assert board.ask("up on").startswith("up is on")
    trace.mark("turn")
    assert "down is on" in board.ask("down on")
    (off_at, _), = trace.changes(up, after="turn")
    (on_at, level), = trace.changes(down, after="turn")
    assert trace.levels(up, after="turn") == [0] and level == 0
    assert 0.699 <= on_at - off_at < 5
    # Both at once is refused in words, and nothing moves.
    trace.mark("both")
    answer = board.ask("up and down on")
    assert "up" in answer and "down" in answer, answer
    assert trace.levels(up, after="both") == [] and trace.levels(down, after="both") == []


def test_after_a_kill_only_one_comes_back(board, line, trace):
    up, down = line("GPIO6"), line("GPIO7")
    board.start(BLIND.replace("active-low = yes\n", "initial = restore\n").replace("700ms\n", "700ms\ninitial = restore\n"))
    assert "down is on" in board.ask("down on")
    board.kill()
    trace.mark("again")
    board.start()
    down.wait(1)
    assert up.level == 0 and 1 not in trace.levels(up, after="again")
    assert trace.levels(down, after="again") == [0, 1], "it has to come up off and go on after the gap"
