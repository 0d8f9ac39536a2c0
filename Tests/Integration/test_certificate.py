"""Logging in by a client certificate (SASL EXTERNAL, XEP-0178) on servers that take one."""
import os

import pytest

from harness.authority import Authority
from harness.fragments import fragment
from harness.perch import run
from harness.server import Account
from harness.servers import EACH, make_server


@pytest.fixture(scope="module", params=EACH)
def server(request, tmp_path_factory, authority):
    """As docs/servers.md recommends. `boards` is the domain whose accounts log in by certificate; on Prosody people, who have
    passwords, are on another."""
    folder = tmp_path_factory.mktemp("server")
    program = request.param.split()[0]
    certificate, key = authority.issue(["garden.example", "boards.example"], "both-hosts")
    text = fragment(f"{program}: certificate").replace(f"/etc/{program}/boards-ca.pem", authority.ca)
    if program == "prosody":
        options = {"more": text.replace("ssl = {", f'ssl = {{ certificate = "{certificate}", key = "{key}",')}
    else:
        options = {"listeners": text}
    options.update(authority=authority, certificate=(certificate, key))
    with make_server(request.param, folder, **options) as server:
        server.boards = "boards.example" if program == "prosody" else server.domain
        yield server


def board_on(server, name):
    """An account that has no password where the server allows that."""
    return Account(f"{name}@{server.boards}", None) if server.boards != server.domain else server.account(name)


@pytest.mark.parametrize("direct", [False, True], ids=["starttls", "direct"])
def test_a_board_logs_in_by_its_certificate_and_again_ahead_of_the_server(server, authority, person, perch, direct):
    alice = person("alice", server)
    board = board_on(server, f"fern{int(direct)}")
    daemon = perch(server, start=False, board=board, people={alice: "admin"}, direct_tls=direct, certificate=authority.issue_client(board.jid))
    for number in (1, 2):
        position = len(server.process.lines)
        daemon.start("--verbose").online()
        daemon.process.wait_for_line(r"logged in by EXTERNAL$")
        command = "lamp on" if number == 1 else "lamp off"
        assert alice.say(board.jid, command) == f"lamp is {command.split()[1]}"
        assert daemon.get("lamp") == (number == 1)
        with open(os.path.join(daemon.state, "login")) as file:
            learned = {line.split()[0]: line.split()[1:] for line in file}
        assert learned["mechanism"] == ["EXTERNAL"]
        assert "strikes" not in learned and "token" not in learned
        if number == 2 and server.program == "ejabberd":
            # It logs what comes in one piece: the login came with the header of the stream, before any offer.
            server.process.wait_for_line(r"Received XML on stream = .*<stream:stream from='fern[^>]*><auth\w* [^>]*mechanism='EXTERNAL'", after=position)
        daemon.stop()


@pytest.mark.parametrize("direct", [False, True], ids=["starttls", "direct"])
def test_check_connect_logs_in_by_the_certificate(server, authority, perch, direct):
    board = board_on(server, f"oak{int(direct)}")
    daemon = perch(server, start=False, board=board, direct_tls=direct, certificate=authority.issue_client(board.jid))
    done = run("check", "--connect", "--config", daemon.config)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"logged in as {board.jid}/" in done.stdout and "login: EXTERNAL, of " in done.stdout


def refusal(server, perch, board, certificate):
    """What perch says when it is not online; it was online never, and has tried only once."""
    daemon = perch(server, start=False, board=board, certificate=certificate).start("--verbose")
    reason, pause = daemon.process.wait_for_line(r"offline: (.*); trying again in (.*)").groups()
    assert daemon.process.count("online as") == 0
    done = run("check", "--connect", "--config", daemon.config)
    assert done.returncode != 0
    assert reason.split("TLS failed: ")[-1] in done.stderr
    return reason, pause, daemon


@pytest.mark.parametrize("other", ["registered", "unknown"])
def test_the_certificate_of_another_account_is_refused_in_words_and_not_tried_again_soon(server, authority, perch, other):
    board = board_on(server, f"moss-{other}-")
    jid = board_on(server, "reed").jid if other == "registered" else f"nobody@{server.boards}"
    reason, pause, daemon = refusal(server, perch, board, authority.issue_client(jid))
    if reason.startswith("the server refused"):
        assert server.name == "ejabberd 24.12" and "not-authorized" in reason
    else:
        assert f"the client certificate is that of {jid}, not of {board.jid}; give the right file" in reason
    assert "min" in pause
    assert daemon.process.count("debug: connected to") == 1


# Prosody 13 refuses the TLS connection itself.
NO_TRUST = {"prosody 0.12": "refused the login: account-disabled", "prosody 13": "unknown CA",
            "ejabberd 23.01": "not-authorized (unable to verify the first certificate)",
            "ejabberd 24.12": "not-authorized (unable to verify the first certificate)"}


def test_a_certificate_of_another_authority_is_refused(server, tmp_path, perch):
    board = board_on(server, "ivy")
    reason, _, _ = refusal(server, perch, board, Authority(tmp_path / "other", "Another CA").issue_client(board.jid))
    assert NO_TRUST[server.name] in reason


# Prosody 0.12 answers this with an element of no meaning.
EXPIRED = {"prosody 0.12": "the server sent something else than the answer to the login", "prosody 13": "certificate expired",
           "ejabberd 23.01": "not-authorized (certificate has expired)", "ejabberd 24.12": "not-authorized (certificate has expired)"}


def test_an_expired_certificate_is_refused(server, authority, perch):
    board = board_on(server, "ash")
    reason, _, _ = refusal(server, perch, board, authority.issue_client(board.jid, expired=True))
    assert EXPIRED[server.name] in reason
