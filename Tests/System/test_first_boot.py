"""An image that many boards are made from, as docs/fleet.md says: the first-boot unit makes the account when the network is there, and only once."""
import os

import pytest
from contact import PATIENCE
from door import Door
from harness.process import eventually
from harness.server import Account
from system import Board

CONFIG = "/etc/perch/perch.conf"
UNIT = "perch-first-boot.service"


@pytest.fixture(scope="module")
def door(prosody):
    """The board's network."""
    with Door(prosody.port) as door:
        yield door


@pytest.fixture(scope="module")
def shed(system, prosody, alice):
    """The board by its host name, with an account that nobody has made yet."""
    return Board(system, Account(f"{system.run('hostname').strip()}@{prosody.domain}", None), alice)


@pytest.fixture(scope="module", autouse=True)
def image(system, prosody, alice, door):
    """What docs/fleet.md puts into the image, with the names of this place."""
    system.copy(prosody.ca, "/etc/perch/ca.pem")
    os.makedirs(system.path("/usr/local/share/perch"), exist_ok=True)
    system.write("/usr/local/share/perch/fleet.conf", f"""\
[account]
server = {door.server}
tls-ca = /etc/perch/ca.pem
[board]
profile = raspberry-pi-3
[people]
{alice.jid} = admin
[line lamp]
pin = GPIO17
direction = output
""")
    system.write(f"/etc/systemd/system/{UNIT}", system.read(f"/usr/share/doc/perch/examples/{UNIT}").replace("example.org", prosody.domain))
    # The tests do not wait for the 30 s of the unit as it ships.
    os.makedirs(system.path(f"/run/systemd/system/{UNIT}.d"))
    system.write(f"/run/systemd/system/{UNIT}.d/sooner.conf", "[Service]\nRestartSec=2\n")
    system.systemctl("enable", UNIT, "perch.service")
    assert not system.exists(CONFIG)
    yield
    system.systemctl("disable", UNIT)
    system.run("rm", "-r", f"/etc/systemd/system/{UNIT}", f"/run/systemd/system/{UNIT}.d", "/usr/local/share/perch")
    system.unconfigure()


def boot(system):
    """What is enabled is started in one go, each after what it waits for."""
    system.systemctl("start", "--no-block", "multi-user.target")


def test_while_there_is_no_network_it_is_tried_again_and_the_service_waits(system, door):
    door.shut()
    mark = system.mark()
    boot(system)
    for _ in range(2):
        system.wait_for_log("status=69", mark, unit=UNIT)
        mark = system.mark()
    assert system.show("ActiveState") == "inactive"
    assert not system.exists(CONFIG)


def test_with_the_network_the_board_makes_its_account_and_comes_online(system, door, shed, lamp):
    mark = system.mark()
    door.open()
    system.wait_for_log(f"^online as {shed.account.jid}", mark)
    assert shed.ask("lamp on") == "lamp is on"
    assert lamp.level == 1
    eventually(lambda: system.show("ActiveState", "Result", unit=UNIT) == ["inactive", "success"], PATIENCE, f"the end of {UNIT}")
    assert f"jid = {shed.account.jid}\n" in system.read(CONFIG)
    assert system.owner(CONFIG) == (0o640, "root:perch")


def test_at_the_next_boot_it_does_not_run_again(system, shed):
    system.systemctl("stop", "perch")
    before, mark = system.read(CONFIG), system.mark()
    boot(system)
    system.wait_for_log(f"^online as {shed.account.jid}", mark)
    system.systemctl("start", UNIT)
    assert system.show("ActiveState", "ConditionResult", unit=UNIT) == ["inactive", "no"]
    assert system.read(CONFIG) == before
    assert shed.ask("lamp on") == "lamp is on"
