"""How the board logs in, and what it remembers of that."""
import os
import stat

import pytest


def memory(daemon):
    """The state file as a dictionary of word lists."""
    with open(os.path.join(daemon.state, "login")) as file:
        return {line.split()[0]: line.split()[1:] for line in file}


@pytest.mark.parametrize("direct", [False, True])
def test_what_a_login_taught_is_kept_for_nobody_else_and_used(prosody, perch, direct):
    daemon = perch(prosody, direct_tls=direct)
    path = os.path.join(daemon.state, "login")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    first = memory(daemon)
    assert first["mechanism"][0] == "SCRAM-SHA-1"
    assert len(first["agent"][0]) == 36
    assert daemon.board.password not in open(path).read()
    daemon.stop()
    position = len(prosody.process.lines)
    daemon.start().online()
    assert memory(daemon) == first
    # The whole login in one breath: nothing was refused.
    assert not [line for line in list(prosody.process.lines)[position:] if "invalid-mechanism" in line or "not-authorized" in line]


def test_a_broken_state_file_is_forgotten(prosody, perch):
    daemon = perch(prosody)
    daemon.stop()
    with open(os.path.join(daemon.state, "login"), "w") as file:
        file.write("perch-login 1\nmechanism \0\n")
    daemon.start().online()
    assert memory(daemon)["mechanism"][0] == "SCRAM-SHA-1"


def test_a_server_that_offers_only_the_password_as_it_is_after_SCRAM_is_not_logged_into(tmp_path, authority, perch):
    from harness.prosody import Prosody
    with Prosody(tmp_path / "prosody", authority=authority) as server:
        daemon = perch(server, account="allow-plain = yes\n")
        daemon.stop()
        server.more = 'disable_sasl_mechanisms = { "SCRAM-SHA-1", "SCRAM-SHA-256" }\n'
        server.restart()
        daemon.start()
        daemon.process.wait_for_line(r'remove the file "login" from Perch\'s state directory')
        daemon.stop()
        os.remove(os.path.join(daemon.state, "login"))
        daemon.start().online()
        assert memory(daemon)["mechanism"] == ["PLAIN"]
