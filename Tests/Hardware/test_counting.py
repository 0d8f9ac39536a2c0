"""Pulses that are counted, and buttons that are pressed."""
import re
import time

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
    return float(re.match(r"water ([\d.]+) l", board.ask("read water", expect="water"))[1])


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
