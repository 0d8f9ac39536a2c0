"""`apt remove` keeps what somebody may want again, `apt purge` nothing."""


def test_remove_stops_the_service_and_keeps_configuration_and_state(system, board, pump):
    assert board.ask("pump on") == "pump is on"
    system.run("apt-get", "remove", "-y", "-q", "-o", "Dpkg::Use-Pty=0", "perch")
    board.wait_until_seen(False)
    assert pump.level == 0
    assert not system.exists("/usr/bin/perch")
    assert system.show("ActiveState") == "inactive"
    assert system.systemctl("start", "perch", check=False)[0] != 0
    assert system.exists("/etc/perch/perch.conf") and system.exists("/var/lib/perch/lines")


def test_installed_again_it_goes_on(system, board, package, lamp):
    system.install(package)
    system.systemctl("start", "perch")
    board.wait_until_seen()
    assert board.ask("lamp?").startswith("lamp is on") and lamp.level == 1


def test_purge_leaves_nothing(system, board):
    system.run("rm", "-r", "/run/systemd/system/perch.service.d")  # the test's own
    system.run("apt-get", "purge", "-y", "-q", "-o", "Dpkg::Use-Pty=0", "perch")
    board.wait_until_seen(False)
    left = system.run("find", "/etc", "/usr", "/var/lib", "/run", "/lib/systemd", "-xdev", "-name", "*perch*", "-not", "-path", "/var/lib/dpkg/*",
                      "-not", "-path", "/run/gpio-vm/*")
    assert left == ""
    assert system.run("systemctl", "list-units", "--all", "--no-legend", "perch*").strip() == ""
