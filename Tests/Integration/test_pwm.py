"""Per cents and fades through a real server and the real clock, on the simulated board's PWM pins."""
import signal
import time

LINES = """
[line lamp]
pin = GPIO18
pwm = 1kHz
initial = restore

[line servo]
pin = pin 33
pwm = 50Hz
pwm-range = 5%..10%

[line relay]
pin = GPIO17
"""


def test_per_cents_and_a_fade_that_ends_though_the_server_is_gone(own_prosody, person, perch):
    alice = person("alice", own_prosody)
    board = perch(own_prosody, people={alice: "operator"}, lines=LINES)
    assert alice.say(board.jid, "lamp 40%") == "lamp is at 40 %"
    assert board.ask("duty lamp") == "40"
    assert alice.say(board.jid, "servo 50%") == "servo is at 50 %"
    assert board.ask("duty servo") == "7.5"
    assert alice.say(board.jid, "servo off") == "servo is off"
    assert board.ask("duty servo") == "0"
    assert alice.say(board.jid, "relay 40%").startswith("relay can only be on or off: ")
    assert alice.say(board.jid, "fade lamp to 90% in 3s").startswith("lamp fades to 90 % until ")
    own_prosody.stop()
    seen = []
    end = time.monotonic() + 10
    while board.ask("duty lamp") != "90":
        assert time.monotonic() < end
        seen.append(float(board.ask("duty lamp")))
    assert seen == sorted(seen) and len(set(seen)) > 20
    assert board.ask("duty lamp") == "90"


def test_a_crash_and_a_reload_leave_a_lamp_as_bright_as_it_was(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "operator"}, lines=LINES)
    assert alice.say(board.jid, "lamp 12.5%") == "lamp is at 12.5 %"
    board.process.wait_for_line("configuration reloaded", after=board.reload())
    assert board.ask("duty lamp") == "12.5"
    assert alice.say(board.jid, "lamp?") == "lamp is at 12.5 %"
    board.stop(signal.SIGKILL)
    board.start().online()
    assert board.ask("duty lamp") == "12.5"
    assert alice.say(board.jid, "lamp?") == "lamp is at 12.5 %"
