"""The service stops, hangs, is killed: what contacts see, what outputs do, and who starts it again."""
import os
import signal


def taken(system, mark, begin=r"Stopping perch\.service", end=r"Stopped perch\.service|perch\.service: Deactivated successfully"):
    """Seconds between two entries of systemd's own in the journal."""
    first, _ = system.wait_for_log(begin, mark)
    last, _ = system.wait_for_log(end, mark)
    return last - first


def test_systemctl_stop_says_goodbye_and_takes_two_seconds_at_most(system, board, lamp, pump, trace, capsys):
    board.ask("pump on")
    lamp.connect(1)
    mark, seen = system.mark(), board.seen()
    trace.mark("stop")
    system.systemctl("stop", "perch")
    assert system.show("ActiveState", "Result") == ["inactive", "success"], system.log(mark)
    gone = board.wait_presence("unavailable", seen)
    assert gone.status == "stopped", system.log(mark)
    assert pump.level == 0 and trace.levels(pump, after="stop") == [0], "on-exit = off"
    assert trace.levels(lamp, after="stop") == [], "on-exit = keep"
    # What comes before, systemd's own programs, takes seconds on an emulated processor that other work slows down.
    seconds = taken(system, mark, begin="^stopping$")
    with capsys.disabled():
        print(f"\nsystemctl stop: {taken(system, mark):.2f} s on the emulated processor, {seconds:.2f} s of it perch; {gone.status!r}")
    assert seconds <= 2, system.log(mark)


def test_it_comes_back_with_what_it_was(system, board, lamp, pump, trace):
    trace.mark("start")
    mark = system.mark()
    system.systemctl("start", "perch")
    board.wait_online(mark)
    assert board.ask("lamp?").startswith("lamp is on") and lamp.level == 1
    assert set(trace.levels(lamp, after="start")) <= {1}, "initial = restore"
    assert board.ask("pump?").startswith("pump is off") and pump.level == 0


def test_systemctl_restart_says_that_it_comes_back(system, board, lamp):
    pid, mark, seen = system.pid, system.mark(), board.seen()
    system.systemctl("restart", "perch")
    assert board.wait_presence("unavailable", seen).status == "restarting", system.log(mark)
    board.wait_online(mark)
    assert system.pid not in (0, pid)
    assert board.ask("lamp?").startswith("lamp is on") and lamp.level == 1


def test_killed_it_is_started_again(system, board, lamp, trace):
    pid, mark = system.pid, system.mark()
    trace.mark("kill")
    os.kill(pid, signal.SIGKILL)
    system.wait_for_log(r"Scheduled restart job", mark)
    board.wait_online(mark)
    assert system.pid not in (0, pid)
    assert set(trace.levels(lamp, after="kill")) <= {1}
    assert board.ask("lamp?").startswith("lamp is on")


def test_a_stuck_loop_is_noticed_by_the_watchdog(system, board, lamp, pump, trace):
    """The test does not wait for the 30 s of the unit as it ships."""
    system.write("/run/systemd/system/perch.service.d/watchdog.conf", "[Service]\nWatchdogSec=8\n")
    system.systemctl("daemon-reload")
    mark = system.mark()
    system.systemctl("restart", "perch")
    board.wait_online(mark)
    assert board.ask("pump on") == "pump is on"
    pid, mark = system.pid, system.mark()
    trace.mark("stuck")
    os.kill(pid, signal.SIGSTOP)
    system.wait_for_log(r"Watchdog timeout", mark)
    system.wait_for_log(r"Scheduled restart job", mark)
    board.wait_online(mark)
    assert system.pid not in (0, pid)
    assert board.ask("pump?").startswith("pump is off") and pump.level == 0, "initial = off"
    assert set(trace.levels(lamp, after="stuck")) <= {1} and lamp.level == 1, "initial = restore"
    system.run("rm", "/run/systemd/system/perch.service.d/watchdog.conf")
    system.systemctl("daemon-reload")


def test_a_wrong_configuration_is_said_and_not_tried_again_and_again(system, board, lamp):
    good = system.read("/etc/perch/perch.conf")
    system.write("/etc/perch/perch.conf", good + "[line lamp2]\npin = GPIO99\n", 0o640, "perch")
    mark = system.mark()
    assert system.systemctl("restart", "perch", check=False)[0] != 0
    system.wait_for_log(r"perch\.conf:\d+: .*GPIO99", mark)
    assert system.show("ActiveState", "SubState") == ["failed", "failed"]
    assert "Scheduled restart job" not in system.log(mark)
    system.write("/etc/perch/perch.conf", good, 0o640, "perch")
    mark = system.mark()
    system.systemctl("start", "perch")
    board.wait_online(mark)
