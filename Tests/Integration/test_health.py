"""perch check --connect as a test after an upgrade, beside the service that runs."""
import os
import socket
import subprocess

import pytest

from harness import perch as harness
from harness.process import TOP
from harness.prosody import Prosody


def check(board, *words, before=(), **environment):
    """Of the configuration and the state of `board`, which may be running."""
    return subprocess.run(
        [*before, harness.program(), "check", "--config", board.config, "--state", board.state, *words], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, cwd=TOP, env={**os.environ, "PERCH_DATA": os.path.join(TOP, "devices"), **environment})


def test_it_leaves_the_board_that_runs_alone(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "admin"})
    # The address that a check must not take.
    full = board.process.wait_for_line(r"online as (\S+)")[1]
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")
    assert alice.say(board.jid, "lamp on") == "lamp is on"
    seen = len(alice.presences)
    done = check(board, "--connect")
    assert done.returncode == 0, done.stderr
    assert f"logged in as {board.jid}/" in done.stdout and f"logged in as {full}\n" not in done.stdout
    assert done.stdout.endswith("all is well\n")
    assert alice.say(board.jid, "status")
    assert {presence.sender for presence in alice.presences[seen:]} <= {full}
    assert all(presence.type == "available" for presence in alice.presences[seen:])
    assert board.get("lamp") == 1
    assert board.process.count("offline: ") == 0


def test_everything_that_is_wrong_is_told_at_once(prosody, perch):
    board = perch(prosody, start=False)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    board.write(board.text().replace(f"127.0.0.1:{prosody.port}", f"127.0.0.1:{port}"))
    with open(os.path.join(board.state, "lines"), "w") as file:
        file.write("perch-lines 2\n")
    done = check(board, "--connect")
    assert done.returncode == 1
    assert "lines is of version 2" in done.stderr and "cannot connect" in done.stderr
    assert "all is well" not in done.stdout
    os.unlink(os.path.join(board.state, "lines"))
    done = check(board, "--connect")
    assert done.returncode == 69 and "cannot connect" in done.stderr


def test_who_may_not_see_the_state_is_told_so(prosody, perch):
    board = perch(prosody, start=False)
    os.chown(board.state, 12345, 12345)
    os.chmod(board.state, 0o700)
    # Root without its powers is somebody like everybody.
    done = check(board, before=["setpriv", "--bounding-set=-all", "--inh-caps=-all"])
    assert done.returncode == 0, done.stderr
    assert "so the files of the state were not looked at" in done.stdout
    assert check(board).stdout.count("not looked at") == 0


@pytest.mark.parametrize("days, is_told", [(5, True), (40, False)])
def test_a_certificate_that_ends_soon_is_told(tmp_path, authority, perch, days, is_told):
    certificate = authority.issue("garden.example", f"garden-{days}-days", days_left=days)
    with Prosody(tmp_path / "server", authority=authority, certificate=certificate) as server:
        done = check(perch(server, start=False), "--connect")
    assert done.returncode == 0, done.stderr
    assert (f"note: the server's certificate is valid for only {days} more days: ask its owner to renew it" in done.stdout) == is_told


def test_the_credential_that_systemd_hands_to_the_service_is_found_as_root(prosody, perch, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    board = perch(prosody, start=False)
    secret = os.path.join(board.folder, f"password-{board.board.local}")
    board.write(board.text().replace(f"password-file = {secret}\n", ""))
    done = check(board, "--connect")
    assert done.returncode == 78 and "no password" in done.stderr
    for name in ("upper/credstore", "work"):
        os.makedirs(tmp_path / name)
    os.rename(secret, tmp_path / "upper/credstore/perch.password")
    mount = f"mount -t overlay overlay -o lowerdir=/etc,upperdir={tmp_path}/upper,workdir={tmp_path}/work /etc && exec \"$@\""
    done = check(board, "--connect", before=["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"])
    assert done.returncode == 0, done.stderr
    assert "logged in as" in done.stdout
