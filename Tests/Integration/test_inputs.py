"""Meters with pulses and buttons, with the real program on the simulated board."""
import re
import time

from harness.perch import run

INPUTS = """
[line flow]
pin = GPIO5
direction = input
debounce = 5ms

[sensor water]
source = counter:flow
unit-per-pulse = 0.5
unit = l
report = change 1000 every 1s..15min

[sensor tap]
source = counter:flow/rate
unit-per-pulse = 0.5
unit = l/min

[line button]
pin = GPIO6
direction = input
report = press
long-press = 100ms

[line bell]
pin = GPIO13
part = button
report = press
double-press = 10s
long-press = no
"""


def test_a_meter_counts_over_reloads_and_restarts(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "operator"}, reports=[alice], lines=INPUTS)
    # There is nothing to read before it runs.
    assert "water" not in run("check", "--config", board.config).stdout
    assert board.ask("pulse flow 10000") == "ok"
    assert alice.say(board.jid, "water?") == "water 5000.0 l (just now)"
    alice.next_message(board.jid, matching=lambda message: message.body == "water 5000.0 l")
    assert board.ask("pulse flow 3") == "ok"
    assert re.fullmatch(r"tap [0-9.]+ l/min \(just now\)", alice.say(board.jid, "tap"))
    board.process.wait_for_line("configuration reloaded", after=board.reload())
    assert alice.say(board.jid, "water") == "water 5001.5 l (just now)"
    board.stop()
    board.start().online()
    assert alice.say(board.jid, "water") == "water 5001.5 l (just now)"
    # Not one edge was worth an entry of the log.
    assert "flow" not in alice.say(board.jid, "log")


def test_a_press_a_double_press_and_a_long_press(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "operator"}, reports=[alice], lines=INPUTS)

    def told(text):
        return alice.next_message(board.jid, matching=lambda message: message.body == text)
    assert board.ask("pulse button 1") == "ok"
    told("button was pressed")
    # A finger is not quicker than this, and what is quicker is taken for bouncing.
    time.sleep(0.1)
    assert board.ask("set button 1") == "ok"
    told("button was held for 100 ms")
    board.ask("set button 0")
    assert board.ask("pulse bell 1") == "ok"
    time.sleep(0.1)
    assert board.ask("pulse bell 1") == "ok"
    told("bell was pressed twice")
    assert "bell → pressed twice" in alice.say(board.jid, "log bell")
