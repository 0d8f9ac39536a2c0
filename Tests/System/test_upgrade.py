"""A package with a higher version while the service runs."""
from test_service import denied


def test_an_upgrade_says_so_and_flips_nothing(system, board, newer, lamp, valve, pump, trace, capsys):
    for line, wire in (("lamp", lamp), ("valve", valve)):
        assert board.ask(f"{line} on") == f"{line} is on"
        # So that a line nobody holds reads as it was, as on boards that keep their outputs.
        wire.connect(1)
    assert board.ask("pump on") == "pump is on"
    before = {path: system.read(path) for path in ("/etc/perch/perch.conf", "/etc/perch/ca.pem")}
    pid, mark, seen = system.pid, system.mark(), board.seen()
    trace.mark("upgrade")
    said = system.install(newer)
    assert "conffile" not in said.lower(), said
    gone = board.wait_presence("unavailable", seen)
    board.wait_online(mark)
    assert system.pid not in (0, pid), f"the old program still runs\n{said}\n{system.log(mark)}"
    with capsys.disabled():
        print(f"\nduring the upgrade contacts see {gone.status!r}")
    assert gone.status and "updating" in gone.status, system.log(mark)
    for line, wire in (("lamp", lamp), ("valve", valve)):
        assert set(trace.levels(wire, after="upgrade")) <= {1} and wire.level == 1, line
        assert board.ask(f"{line}?").startswith(f"{line} is on")
    assert trace.levels(pump, after="upgrade")[:1] == [0] and board.ask("pump?").startswith("pump is off")
    assert {path: system.read(path) for path in before} == before
    assert system.systemctl("is-enabled", "perch").strip() == "enabled"


def test_a_service_that_somebody_switched_off_stays_off(system, board, package):
    system.systemctl("disable", "--now", "perch")
    board.wait_until_seen(False)
    system.install(package)
    assert system.show("ActiveState") == "inactive"
    assert system.systemctl("is-enabled", "perch", check=False)[1].strip() == "disabled"
    system.systemctl("enable", "--now", "perch")
    board.wait_until_seen()


def test_nothing_was_denied_until_here(system):
    assert denied(system) == []
