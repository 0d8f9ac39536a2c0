"""`apt install ./perch_…deb` on a board: everything is there, and the service waits for its configuration."""
import pytest
from contact import PATIENCE
from harness.process import eventually


@pytest.fixture(scope="module", autouse=True)
def installed(system, package):
    return system.install(package)


def test_the_service_is_enabled_and_waits_for_a_configuration(system):
    assert system.systemctl("is-enabled", "perch").strip() == "enabled"
    assert system.show("ActiveState", "Result", "NRestarts") == ["inactive", "success", "0"]
    assert not system.exists("/etc/perch/perch.conf")
    system.systemctl("start", "perch")
    assert system.show("ActiveState", "ConditionResult") == ["inactive", "no"]


def test_the_account_perch_is_in_the_group_gpio(system):
    assert "gpio" in system.run("id", "-nG", "perch").split()
    assert system.run("getent", "passwd", "perch").strip().endswith(":/var/lib/perch:/usr/sbin/nologin")
    assert system.owner("/etc/perch") == (0o750, "root:perch")


def test_udev_gives_the_gpio_chips_to_the_group_gpio_at_once(system):
    for chip in ("/dev/gpiochip0", "/dev/gpiochip1"):
        eventually(lambda: system.owner(chip) == (0o660, "root:gpio"), PATIENCE, f"udev's rule for {chip}, {system.owner(chip)},")


def test_nothing_failed(system):
    assert system.run("systemctl", "--failed", "--no-legend").strip() == ""
    assert system.run("perch", "--version").startswith("perch ")
    assert system.run("perch", "check", check=False)[0] != 0, "there is no configuration yet"
