"""`perch init` on a board that has the package: what it writes, the service that it starts under the real systemd, and a chat that switches a line."""
import os
import re

import pytest
from contact import PATIENCE
from harness.server import Account
from harness.terminal import Terminal
from system import Board

CONFIG = "/etc/perch/perch.conf"
OURS = (0o640, "root:perch")


@pytest.fixture(scope="module", autouse=True)
def unconfigured(system, prosody):
    """A board as the package leaves it, and again for what comes after."""
    assert not system.exists(CONFIG)
    system.copy(prosody.ca, "/etc/perch/ca.pem")
    yield
    system.unconfigure()


@pytest.fixture
def init(system, prosody, alice):
    """The command with what all of these tests say."""
    return ["perch", "init", "--server", prosody.server, "--tls-ca", "/etc/perch/ca.pem", "--board", "raspberry-pi-3", "--admin", alice.jid,
            "--line", "lamp GPIO17 output"]


def test_with_an_account_init_starts_the_service_and_a_chat_switches_the_line(system, init, account, board, lamp):
    system.write("/root/password", account.password + "\n", 0o600)
    mark = system.mark()
    status, said = system.run(*init, "--jid", account.jid, "--password-file", "/root/password", "--yes", check=False)
    assert status == 0, said
    assert f"\nxmpp:{account.jid}\n" in said and "perch.service is running, and starts at every boot" in said
    assert [system.owner(path) for path in (CONFIG, "/etc/perch/password")] == [OURS, OURS]
    assert system.owner("/etc/perch") == (0o750, "root:perch")
    assert system.systemctl("is-active", "perch").strip() == "active"
    assert system.systemctl("is-enabled", "perch").strip() == "enabled"
    board.wait_online(mark)
    assert board.ask("lamp on") == "lamp is on"
    assert lamp.level == 1
    assert board.ask("lamp off") == "lamp is off"
    assert lamp.level == 0


def test_init_again_writes_nothing_over_a_configuration_without_being_told_to(system, init, account):
    words = [*init, "--jid", account.jid, "--password-file", "/root/password"]
    before, pid = system.read(CONFIG), system.pid
    status, said = system.run(*words, "--yes", check=False)
    assert (status, "--replace: " + CONFIG in said) == (2, True), said
    with Terminal(system.command(*words)) as terminal:
        terminal.expect(r"perch\.conf exists. Replace it\? A copy is kept beside it. \[y/N\]", PATIENCE)
        terminal.type("\n")
        terminal.expect("nothing was changed", PATIENCE)
        assert terminal.wait(PATIENCE) == 1
    assert (system.read(CONFIG), system.pid) == (before, pid)
    assert sorted(os.listdir(system.path("/etc/perch"))) == ["ca.pem", "password", "perch.conf"]


def test_init_registers_a_new_account_keeps_the_old_configuration_and_restarts_the_service(system, init, account, alice, board, lamp):
    before, pid, mark, seen = system.read(CONFIG), system.pid, system.mark(), board.seen()
    shed = Account(f"shed@{account.jid.partition('@')[2]}", None)
    status, said = system.run(*init, "--jid", shed.jid, "--register", "--replace", "--yes", check=False)
    assert status == 0, said
    assert f"\nxmpp:{shed.jid}\n" in said
    copy = re.search(r"; what it was is (/etc/perch/perch\.conf\.20\S+)\.\n", said)[1]
    assert system.read(copy) == before and system.owner(copy) == OURS
    assert board.wait_presence("unavailable", seen).status == "restarting"
    system.wait_for_log(f"^online as {shed.jid}", mark)
    assert system.pid not in (0, pid)
    # The copy still has the password that it names.
    assert system.read("/etc/perch/password") == account.password + "\n"
    assert system.owner(f"/etc/perch/password-{shed.jid}") == OURS
    assert Board(system, shed, alice).ask("lamp on") == "lamp is on"
    assert lamp.level == 1
