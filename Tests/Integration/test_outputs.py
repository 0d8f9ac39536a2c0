"""Product §7 through a real server and the real clock: locks, waits and blinking of outputs."""
import time

import pytest

LINES = """
[line up]
pin = GPIO5
interlock = shade 300ms

[line down]
pin = GPIO6
interlock = shade
initial = restore

[line cooler]
pin = GPIO13
min-off = 2s

[line lamp]
pin = GPIO17
on-exit = keep
"""


@pytest.fixture
def shade(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "admin"}, lines=LINES)
    board.say = lambda text: alice.say(board.jid, text, 10)
    return board


def test_one_of_a_group_goes_off_before_the_other_goes_on(shade):
    assert shade.say("up on") == "up is on"
    began = time.monotonic()
    assert shade.say("down on") == "down is on (I switched up off first)"
    assert time.monotonic() - began >= 0.3
    assert (shade.get("up"), shade.get("down")) == (0, 1)
    assert "Only one of up and down can be on" in shade.say("all on")
    assert (shade.get("up"), shade.get("down")) == (0, 1)


def test_a_cooler_stays_off_for_its_time(shade):
    # The time counts from the start.
    assert shade.say("cooler on").startswith("cooler must stay off for another ")
    time.sleep(2)
    assert shade.say("cooler on") == "cooler is on"
    assert shade.say("cooler off") == "cooler is off"
    assert shade.say("cooler on").startswith("cooler must stay off for another ")
    assert shade.get("cooler") == 0


def test_a_lamp_blinks_and_ends_though_the_server_is_gone(own_prosody, person, perch):
    alice = person("alice", own_prosody)
    board = perch(own_prosody, people={alice: "admin"}, lines=LINES)
    assert alice.say(board.jid, "blink lamp 10Hz for 3s", 10).startswith("lamp is blinking at 10 Hz until ")
    own_prosody.stop()
    seen = []
    end = time.monotonic() + 2
    while time.monotonic() < end:
        level = board.get("lamp")
        if not seen or seen[-1] != level:
            seen.append(level)
    assert len(seen) > 10
    time.sleep(1.5)
    assert [board.get("lamp") for _ in range(20)] == [0] * 20
