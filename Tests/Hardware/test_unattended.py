"""What outputs do by themselves while the server is gone, by the kernel's own record of it."""
import pytest
from harness.process import eventually

# What a busy machine that emulates a processor may be late by. Nothing may ever be early by more than the kernel's clock tells wrong.
LATE, EARLY = 3, 0.02


def switched(trace, line, level, after):
    """When it was driven to that level first after the mark."""
    end = [when for when, driven in trace.changes(line, after=after) if driven == level]
    assert end, f"never became {level}: {trace.changes(line, after=after)}"
    return end[0]


def test_timers_and_policies_go_on_without_a_server(board, line, trace, door):
    wires = {name: line(f"GPIO{number}") for name, number in {
        "heater": 20, "light": 21, "fridge": 22, "gate": 23, "fan": 24, "lamp": 25, "valve": 26}.items()}
    board.server = door.server
    board.start(
        "[line heater]\npin = GPIO20\npart = relay\nmax-on = 6s\n"
        "[line light]\npin = GPIO21\npart = relay\non-disconnect = off after 2s\n"
        "[line fridge]\npin = GPIO22\ndirection = output\non-disconnect = on after 3s\n"
        "[line gate]\npin = GPIO23\npart = relay\n"
        "[line fan]\npin = GPIO24\npart = relay\n"
        "[line lamp]\npin = GPIO25\npart = relay\n"
        "[line valve]\npin = GPIO26\ndirection = output\nactive-low = yes\nmax-on = 5s\n")
    trace.mark("commands")
    assert board.ask("lamp on") == "lamp is on"
    assert board.ask("light on") == "light is on"
    assert board.ask("heater on").startswith("heater is on until ")
    assert board.ask("valve on").startswith("valve is on until ")
    assert board.ask("fan on for 7s").startswith("fan is on until ")
    board.alice.send(board.account.jid, "pulse gate 4s")
    trace.wait_for(1, wires["gate"], after="commands")
    trace.mark("shut")
    door.shut()
    # The last of all that is to happen.
    wires["fan"].wait(0, deadline=60)
    wires["fridge"].wait(1, deadline=60)
    wires["light"].wait(0, deadline=60)
    wires["heater"].wait(0, deadline=60)
    wires["gate"].wait(0, deadline=60)
    wires["valve"].wait(1, deadline=60)

    shut = trace.when("shut")
    for name, seconds, on in [("heater", 6, 1), ("gate", 4, 1), ("fan", 7, 1), ("valve", 5, 0)]:
        changes = trace.changes(wires[name], after="commands")
        assert [level for _, level in changes] == [on, 1 - on], f"{name} was switched otherwise: {changes}"
        lasted = changes[1][0] - changes[0][0]
        assert seconds - EARLY <= lasted <= seconds + LATE, f"{name} was on for {lasted} s, not {seconds} s"
    for name, seconds, level in [("light", 2, 0), ("fridge", 3, 1)]:
        assert trace.levels(wires[name], after="shut") == [level], name
        waited = switched(trace, wires[name], level, "shut") - shut
        assert seconds - EARLY <= waited <= seconds + LATE, f"{name} changed {waited} s after the link was lost, not {seconds} s"
    assert trace.levels(wires["lamp"], after="shut") == [] and wires["lamp"].level == 1, "no policy, so it stays"

    door.open()
    board.wait_until_seen()
    assert board.ask("lamp?").startswith("lamp is on")
    assert board.ask("gate?").startswith("gate is off")


def test_blinking_keeps_its_grid_and_ends_without_a_server(board, line, trace, door):
    beacon, was_on = line("GPIO20"), line("GPIO21")
    board.server = door.server
    board.start("[line beacon]\npin = GPIO20\npart = relay\n[line lamp]\npin = GPIO21\npart = relay\n")
    assert board.ask("lamp on") == "lamp is on"
    trace.mark("blink")
    assert "blinking at 2 Hz" in board.ask("blink beacon 2Hz for 6s")
    assert "blinking at 1 Hz" in board.ask("blink lamp 1Hz for 5s")
    door.shut()
    for wire, half, lasts, at_rest in [(beacon, 0.25, 6, 0), (was_on, 0.5, 5, 1)]:
        start = trace.wait_for(1, wire, after="blink")[0][0]
        eventually(lambda: trace.changes(wire, after="blink")[-1][0] - start > lasts - half / 2, 60, "the end of blinking")
        changes = trace.changes(wire, after="blink")
        levels = [level for _, level in changes]
        assert levels[0] == 1 - at_rest and levels[-1] == at_rest, changes
        assert lasts - half - EARLY <= changes[-1][0] - start <= lasts + LATE, changes
        # A machine that is too slow leaves edges out, but none comes before its time or twice.
        assert lasts / half / 2 <= len(changes) <= lasts / half + 2, changes
        late = sorted((when - start) % half for when, _ in changes[1:-1])
        assert late[len(late) // 2] < half / 2 or half - late[len(late) // 2] < EARLY, f"not on the grid: {changes}"


def test_min_off_holds_at_the_start_and_between_commands(board, line, trace):
    pump = line("GPIO22")
    trace.mark("start")
    board.start("[line pump]\npin = GPIO22\npart = relay\ninitial = on\nmin-off = 4s\n")
    pump.wait(1)
    (claimed, first), (on_at, second) = trace.changes(pump, after="start")
    assert (first, second) == (0, 1) and 4 - EARLY <= on_at - claimed <= 4 + LATE + 5, "it has to come up off and go on when the time is over"
    trace.mark("off")
    assert board.ask("pump off").startswith("pump is off")
    answer = board.ask("pump on")
    assert "off" in answer and "4 s" in answer or "3 s" in answer, answer
    assert trace.levels(pump, after="off") == [0]
    off_at = trace.changes(pump, after="off")[0][0]
    board.ask_until("pump on", "pump is on")
    assert trace.changes(pump, after="off")[-1][0] - off_at >= 4 - EARLY


@pytest.mark.parametrize("policy, before, after", [("off", 1, 0), ("on", 0, 1)])
def test_a_short_gap_of_the_link_is_no_disconnection(board, line, trace, door, policy, before, after):
    lamp = line("GPIO21")
    board.server = door.server
    board.start(f"[line lamp]\npin = GPIO21\ndirection = output\non-disconnect = {policy} after 1h\n")
    if before:
        assert board.ask("lamp on") == "lamp is on"
    trace.mark("gap")
    door.shut()
    board.wait_until_seen(False)
    door.open()
    board.wait_until_seen()
    assert board.ask("lamp?").startswith("lamp is " + ("on" if before else "off"))
    assert trace.levels(lamp, after="gap") == [] and lamp.level == before
