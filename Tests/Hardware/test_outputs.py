"""What perch does to real output lines."""
import signal


def test_the_program_uses_the_libgpiod_it_was_built_for(board, library):
    board.start("[line lamp]\npin = GPIO17\npart = relay\n")
    with open(f"/proc/{board.pid}/maps") as maps:
        loaded = {line.split()[-1].rpartition("/")[2] for line in maps if "libgpiod" in line}
    assert {name.split(".so.")[1].split(".")[0] for name in loaded} == {"2" if library == "libgpiod 1.6" else "3"}


def test_a_chat_message_sets_a_real_line(board, line):
    lamp = line("GPIO17")
    board.start("[line lamp]\npin = GPIO17\npart = relay\n")
    assert lamp.level == 0
    assert board.ask("lamp on") == "lamp is on"
    assert lamp.level == 1
    assert board.ask("turn off the lamp") == "lamp is off"
    assert lamp.level == 0


def test_a_line_is_found_by_header_pin_by_name_and_by_label_and_offset(board, line):
    by_pin, by_name, by_offset = line("GPIO22"), line("RELAY2"), line("expander", 3)
    board.start(
        "[line valve]\npin = pin 15\npart = relay\ntags = water\n"
        "[line pump]\npin = RELAY2\npart = relay\ntags = water\n"
        "[line tap]\npin = expander:3\npart = relay\n")
    answer = board.ask("water on")
    assert "valve" in answer and "pump" in answer
    assert (by_pin.level, by_name.level, by_offset.level) == (1, 1, 0)
    assert board.ask("tap on") == "tap is on"
    assert by_offset.level == 1


def test_initial_levels_are_set_before_the_board_is_seen(board, line, trace):
    lit, dark, alone, untouched = line("GPIO12"), line("GPIO13"), line("GPIO16"), line("GPIO19")
    alone.connect(1)
    board.start(
        "[line lit]\npin = GPIO12\ndirection = output\ninitial = on\n"
        "[line dark]\npin = GPIO13\ndirection = output\ninitial = off\n"
        "[line alone]\npin = GPIO16\ndirection = output\ninitial = keep\n")
    assert (lit.level, dark.level, alone.level) == (1, 0, 1)
    assert trace.levels(alone, pid=board.pid) in ([], [1]), "a line to be kept was switched"
    assert trace.levels(lit, pid=board.pid) == [1], "not one clean switch"
    assert trace.levels(untouched) == []


def test_an_active_low_output_is_on_at_a_low_level_in_every_path(board, line, trace):
    relay = line("GPIO6")
    relay.connect(1)
    board.start("[line gate]\npin = GPIO6\npart = relay\nactive-low = yes\non-exit = off\n")
    assert relay.level == 1, "off must be high"
    assert board.ask("gate on") == "gate is on"
    assert relay.level == 0
    trace.mark("stopping")
    assert board.terminate() == 0
    assert 0 not in trace.levels(relay, after="stopping")
    assert trace.levels(relay)[0] == 1, "the relay clicked when the line was claimed"
    assert trace.levels(relay)[-1] == 1


def test_a_pulse_goes_up_once_and_down_once(board, line, trace):
    gate = line("GPIO23")
    board.start("[line gate]\npin = GPIO23\npart = relay\n")
    trace.mark("pulse")
    assert "gate" in board.ask("pulse gate 500ms")
    (up, high), (down, low) = trace.wait_for(2, gate, after="pulse")
    assert (high, low) == (1, 0)
    assert 0.49 <= down - up < 5, "not roughly half a second"


def test_on_for_a_time_ends_by_itself(board, line):
    fan = line("GPIO24")
    board.start("[line fan]\npin = GPIO24\npart = relay\n")
    assert board.ask("fan on for 2s").startswith("fan is on")
    assert fan.level == 1
    fan.wait(0, deadline=60)
    assert "off" in board.ask("fan?")


def test_sigterm_leaves_each_output_as_its_exit_policy_says(board, line, trace):
    off, on, keep = line("GPIO20"), line("GPIO21"), line("GPIO25")
    board.start(
        "[line heater]\npin = GPIO20\ndirection = output\non-exit = off\n"
        "[line fridge]\npin = GPIO21\ndirection = output\non-exit = on\n"
        "[line light]\npin = GPIO25\ndirection = output\non-exit = keep\n")
    assert board.ask("heater on") == "heater is on"
    assert board.ask("light on") == "light is on"
    pid, seen = board.pid, len(board.alice.presences)
    trace.mark("stopping")
    assert board.terminate() == 0
    # The released lines fall back at once in this simulated chip, so the kernel's record tells, not the level.
    assert trace.levels(off, pid, after="stopping") == [0]
    assert trace.levels(on, pid, after="stopping") == [1]
    assert 0 not in trace.levels(keep, pid, after="stopping")
    gone = board.alice.wait_presence(board.account.jid, "unavailable", after=seen, deadline=30)
    assert gone.status, "it left without a word"


def test_after_a_kill_restore_brings_back_what_was_on(board, line):
    pump, siren = line("GPIO26"), line("GPIO18")
    board.start(
        "[line pump]\npin = GPIO26\ndirection = output\ninitial = restore\n"
        "[line siren]\npin = GPIO18\ndirection = output\ninitial = off\n")
    assert board.ask("pump on") == "pump is on"
    assert board.ask("siren on") == "siren is on"
    assert (pump.level, siren.level) == (1, 1)
    board.kill()
    # Nobody holds them any more: the kernel lets go, and so does this chip.
    assert (pump.level, siren.level) == (0, 0)
    board.start()
    assert (pump.level, siren.level) == (1, 0)
    assert "pump is on" in board.ask("pump?")


def test_a_reload_does_not_touch_a_line_that_did_not_change(board, line, trace):
    lamp, fan = line("GPIO17"), line("GPIO27")
    board.start("[line lamp]\npin = GPIO17\npart = relay\n")
    assert board.ask("lamp on") == "lamp is on"
    trace.mark("reload")
    board.configure("[line lamp]\npin = GPIO17\npart = relay\n[line fan]\npin = GPIO27\npart = relay\ninitial = on\n")
    board.process.send_signal(signal.SIGHUP)
    fan.wait(1, deadline=60)
    assert board.ask("fan off") == "fan is off"
    assert trace.levels(lamp, after="reload") == [] and lamp.level == 1
