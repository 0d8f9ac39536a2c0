"""How the board logs in, and what it remembers of that."""
import os
import stat

import pytest

from harness.fragments import quick_login
from harness.perch import run
from harness.servers import make_server


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


@pytest.mark.parametrize("name", ["prosody 13", "ejabberd 24.12"])
def test_the_second_login_is_by_a_token_in_one_step(name, tmp_path, authority, perch):
    # So that the first login is the only one: see test_a_server_that_keeps_sessions_for_too_long_is_used_without.
    more = "smacks_hibernation_time = 60\n" if name.startswith("prosody") else ""
    with make_server(name, tmp_path / "server", authority=authority, more=more, **quick_login(name)) as server:
        daemon = perch(server, start=False, direct_tls=True)
        daemon.start("--verbose").online()
        daemon.process.wait_for_line(r"logged in by SCRAM-SHA-1-PLUS$")
        first = memory(daemon)
        assert first["mechanism"] == ["SCRAM-SHA-1-PLUS", "tls-exporter"]
        assert first["token"][0] == "HT-SHA-256-EXPR"
        daemon.stop()
        daemon.start("--verbose").online()
        daemon.process.wait_for_line(r"logged in by HT-SHA-256-EXPR$")
        assert "strikes" not in memory(daemon)
        daemon.stop()

        # One that the server does not know, as after somebody took it back: the password takes its place, and nobody is told it is wrong.
        path = os.path.join(daemon.state, "login")
        with open(path) as file:
            text = file.read()
        token = first["token"][2]
        with open(path, "w") as file:
            file.write(text.replace(token, token[:-3] + "xxx"))
        daemon.start("--verbose").online()
        daemon.process.wait_for_line(r"logged in by SCRAM-SHA-1-PLUS$")
        assert not [line for line in list(daemon.process.lines) if "refused the login" in line]
        assert memory(daemon)["token"][0] == "HT-SHA-256-EXPR"
        daemon.stop()

        done = run("check", "--connect", "--config", daemon.config)
        assert "login in one step (SASL2): yes, with tokens (FAST): yes" in done.stdout
        assert "channel binding: tls-exporter" in done.stdout


def test_a_changed_password_is_not_hidden_by_a_token(tmp_path, authority, perch):
    from harness.server import Account
    name = "prosody 13"
    with make_server(name, tmp_path / "server", authority=authority, **quick_login(name)) as server:
        daemon = perch(server, start=False)
        daemon.start().online()
        assert "token" in memory(daemon)
        daemon.stop()
        daemon.board = Account(daemon.board.jid, "not the password")
        daemon.write()
        daemon.start()
        daemon.process.wait_for_line(r"refused the login: not-authorized")
        assert "token" not in memory(daemon)
