"""Contacts that bounce, many at a time."""
import os
import random
import time

from harness.process import eventually
from kernel import Wires

# pin -> debounce. Those without are followed edge by edge.
INPUTS = {"GPIO6": "0ms", "GPIO7": "1ms", "GPIO8": "5ms", "GPIO9": "20ms", "GPIO10": "50ms", "GPIO11": "100ms", "GPIO12": "0ms", "GPIO13": "20ms"}
REPORTED = ("GPIO9", "GPIO12")
TRAINS = 8


def test_trains_of_bounces_end_with_the_right_level(board, line, trace):
    seed = int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}")
    dice = random.Random(seed)
    with Wires([line(pin) for pin in INPUTS]) as wires:
        board.start("".join(
            f"[line {pin.lower()}]\npin = {pin}\ndirection = input\nbias = pull-down\ndebounce = {window}\n"
            f"report = {'change' if pin in REPORTED else 'no'}\n" for pin, window in INPUTS.items()))
        for train in range(TRAINS):
            levels = [dice.randrange(2) for _ in INPUTS]
            for _ in range(dice.randrange(5, 80)):
                for each in dice.sample(range(len(INPUTS)), 3):
                    wires.toggle(each)
                if dice.random() < 0.1:
                    time.sleep(dice.choice([0.0005, 0.003, 0.025]))
            for each, level in enumerate(levels):
                wires.set(each, level)
            # Longer than the longest debounce, and time for a busy machine to see it.
            time.sleep(1)
            answer = board.ask("status")
            for pin, level in zip(INPUTS, levels):
                word = "on" if level else "off"
                assert f"{pin.lower()} is {word}" in answer, f"seed {seed}, train {train}: {pin} is {level}\n{answer}"
    last = {pin: "on" if level else "off" for pin, level in zip(INPUTS, levels) if pin in REPORTED}
    # At most one report every 5 s, the last level always.
    eventually(lambda: told(board) == last, 60, f"seed {seed}: a report of {last} after {told(board)}")


def told(board):
    """What the last report said of each."""
    said = {}
    for message in board.alice.messages_from(board.account.jid):
        for pin in REPORTED:
            if message.body.startswith(pin.lower() + " is "):
                said[pin] = message.body.split()[2]
    return said
