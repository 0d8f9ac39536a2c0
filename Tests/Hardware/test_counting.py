"""Pulses that are counted, and buttons that are pressed."""
import re
import signal
import time

from harness.process import eventually
from kernel import Wires

METER = (
    "[line meter]\npin = GPIO10\ndirection = input\nbias = pull-down\n"
    "[sensor water]\nsource = counter:meter\nunit-per-pulse = 0.5\nunit = l\n")
# What the kernel keeps of one line for a program behind libgpiod 1.6 (kernel 6.1, drivers/gpio/gpiolib-cdev.c: 16 edges).
BURST = 14
EDGES = 10_000


def sleeps(pid):
    """Whether the process has nothing to do: it waits for the next event."""
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "S"


def wait_until_asleep(pid):
    # The edges are with the kernel when the write returns, so a process that sleeps has taken them.
    while not sleeps(pid):
        time.sleep(0.0002)


def litres(board):
    return float(re.match(r"water ([\d.]+) l", board.ask("read water"))[1])


def test_10000_edges_are_counted_and_outlast_a_restart(board, line):
    meter = line("GPIO10")
    board.start(METER)
    assert litres(board) == 0
    start = time.monotonic()
    with Wires([meter]) as wires:
        for burst in range(0, EDGES, BURST):
            for _ in range(min(BURST, EDGES - burst)):
                wires.toggle()
            wait_until_asleep(board.pid)
    print(f"{EDGES} edges in {time.monotonic() - start:.1f} s")
    answer = board.ask("read water")
    assert re.match(r"water 2500(\.0+)? l", answer) and "dropped" not in answer, answer
    assert board.terminate() == 0
    board.wait_until_seen(False)
    board.start()
    assert litres(board) == EDGES / 4


def test_a_flood_while_it_cannot_run_leaves_the_right_level_and_is_told(board, line, library):
    meter, door = line("GPIO10"), line("GPIO11")
    board.start(METER + "[line door]\npin = GPIO11\ndirection = input\nbias = pull-down\nreport = change\n")
    time.sleep(1)  # what follows a login is over
    heard = len(board.alice.messages)
    board.process.send_signal(signal.SIGSTOP)
    eventually(lambda: open(f"/proc/{board.pid}/stat").read().rpartition(")")[2].split()[0] == "T", 30, "stopping")
    with Wires([meter, door]) as wires:
        for _ in range(2000):
            wires.toggle(0)
        for _ in range(2001):
            wires.toggle(1)
    board.process.send_signal(signal.SIGCONT)
    # The odd one of its edges counts.
    board.alice.next_message(board.account.jid, after=heard, deadline=60, matching=lambda message: message.body.startswith("door is on"))

    def reading():
        """Pulses that were counted and edges that were dropped, in one answer."""
        wait_until_asleep(board.pid)
        answer = board.ask("read water")
        dropped = re.search(r"the kernel dropped (\d+) edge", answer)
        return 2 * float(re.match(r"water ([\d.]+) l", answer)[1]), int(dropped[1]) if dropped else 0

    if library == "libgpiod 1.6":
        # It has no numbers of edges: what the kernel kept is counted.
        counted, _ = reading()
        assert 1 <= counted <= 16
    else:
        # Taken 256 a turn, so that other things go on.
        counted, dropped = eventually(
            lambda: next((both for both in [reading()] if abs(both[0] + both[1] / 2 - 1000) <= 1), None), 60, "an account of 1000 pulses")
        assert counted > 16 and dropped > 0
    # And from now on none is lost.
    with Wires([meter]) as wires:
        for _ in range(10):
            wires.toggle()
        wait_until_asleep(board.pid)
    assert litres(board) == counted / 2 + 2.5


def test_a_press_a_double_press_and_a_long_press(board, line):
    bell = line("GPIO24")
    bell.connect(1)
    board.start("[line bell]\npin = GPIO24\npart = button\ndebounce = 0s\nreport = press\ndouble-press = 1s\nlong-press = 2s\n")
    bell.connect(1)

    def told(text):
        board.alice.next_message(board.account.jid, after=heard, deadline=60, matching=lambda message: message.body.startswith(f"bell was {text}"))

    def press(seconds):
        bell.connect(0)
        time.sleep(seconds)  # a finger
        bell.connect(1)

    heard = len(board.alice.messages)
    press(0.1)
    told("pressed")
    assert "twice" not in board.alice.messages[-1].body
    heard = len(board.alice.messages)
    press(0.1), time.sleep(0.1), press(0.1)
    told("pressed twice")
    heard = len(board.alice.messages)
    bell.connect(0)
    told("held for 2 s")  # while it still is
    bell.connect(1)
