"""What happens when the server, its certificate or the password is not as it should be."""
import os
import re

import pytest

from harness.perch import run, secret_file
from harness.process import Timeout
from harness.prosody import Account, Prosody
from harness.relay import Relay

RETRY = r"again in"


def refused_certificate(tmp_path, perch, authority, certificate, ca, expected, account=""):
    """Run against a Prosody with this certificate; the one line that perch logs about it."""
    with Prosody(tmp_path / "prosody", authority=authority, certificate=certificate) as server:
        board = perch(server, start=False, ca=ca, account=account).start()
        board.process.wait_for_line(expected)
        board.process.wait_for_line(RETRY)
        assert board.process.running
        assert len([line for line in board.process.lines if re.search(expected, line)]) == 1
        assert server.process.count(r"Authenticated as|Received\[c2s_unbound\].*<auth") == 0
        return next(line for line in board.process.lines if re.search(expected, line))


def test_a_certificate_for_another_name_is_refused_in_one_line(tmp_path, perch, authority):
    line = refused_certificate(tmp_path, perch, authority, authority.issue("other.example"), authority.ca, r"(?i)certificate")
    assert "garden.example" in line


def test_an_expired_certificate_is_refused_in_one_line(tmp_path, perch, authority):
    line = refused_certificate(tmp_path, perch, authority, authority.issue("garden.example", expired=True), authority.ca, r"(?i)certificate")
    assert "expired" in line


def test_a_certificate_of_another_authority_is_refused_in_one_line(tmp_path, perch, authority):
    from harness.authority import Authority
    other = Authority(tmp_path / "other", name="Somebody else's CA")
    refused_certificate(tmp_path, perch, other, other.issue("garden.example"), authority.ca, r"(?i)certificate")


def test_a_pin_of_another_key_is_refused_and_the_line_tells_the_pin_that_is_there(tmp_path, perch, authority):
    certificate = authority.issue("garden.example")
    wrong = authority.pin(authority.issue("other.example")[0])
    line = refused_certificate(tmp_path, perch, authority, certificate, None, r"(?i)\bpin\b", account=f"tls-pin = {wrong}\n")
    assert authority.pin(certificate[0]) in line


def test_the_pin_of_the_servers_key_is_enough(prosody, perch, person):
    alice = person("alice", prosody)
    pin = prosody.authority.pin(prosody.certificate[0])
    board = perch(prosody, start=False, people={alice: "admin"}, account=f"tls-pin = {pin}\n")
    board.ca = None
    board.write(board.text().replace(f"tls-ca = {prosody.ca}\n", ""))
    board.start().online()
    assert alice.say(board.jid, "lamp on") == "lamp is on"


def test_a_wildcard_certificate_of_the_parent_domain_is_accepted(tmp_path, perch, authority):
    with Prosody(tmp_path / "prosody", domain="hut.garden.example", authority=authority, certificate=authority.issue("*.garden.example")) as server:
        assert perch(server).process.running


def test_direct_tls_works_as_well(prosody, perch, person):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "admin"}, direct_tls=True)
    assert alice.say(board.jid, "lamp on") == "lamp is on"


def test_a_wrong_password_is_told_once_and_not_hammered(own_prosody, perch):
    account = own_prosody.account("board")
    with Relay(own_prosody.port) as relay:
        board = perch(own_prosody, start=False, board=Account(account.jid, "not the password"))
        board.write(board.text().replace(f":{own_prosody.port}", f":{relay.port}"))
        board.start()
        board.process.wait_for_line(r"(?i)password|not-authorized|credentials")
        board.process.wait_for_line(RETRY)
        # A negative needs a window: within it a client that hammers would have come back.
        with pytest.raises(Timeout):
            relay.wait_for_connections(2, deadline=6)
        assert board.process.running


def test_a_server_that_is_not_there_is_tried_again_with_growing_pauses(tmp_path, perch, own_prosody):
    board = perch(own_prosody, start=False)
    own_prosody.kill()
    board.start()
    first = board.process.wait_for_line(RETRY + r" ([\d.]+) (ms|s|min)")
    own_prosody.start()
    board.online(60)
    assert first


def test_a_lost_connection_is_one_failure(prosody, perch):
    with Relay(prosody.port) as relay:
        board = perch(prosody, start=False)
        board.write(board.text().replace(f":{prosody.port}", f":{relay.port}"))
        board.start().online()
        position = len(board.process.lines)
        relay.cut()
        board.process.wait_for_line(r"online as ", deadline=30, after=position)
        assert board.process.count(r"^perch: warning: offline: ") == 1


def test_a_killed_server_that_comes_back_finds_the_board_again(own_prosody, perch, person):
    alice = person("alice", own_prosody)
    board = perch(own_prosody, people={alice: "admin"})
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")
    alice.say(board.jid, "lamp on")
    own_prosody.kill()
    board.process.wait_for_line(RETRY)
    assert board.get("lamp") == 1
    alice.disconnect()
    own_prosody.start()
    position = len(alice.presences)
    alice.connect()
    alice.wait_presence(board.jid, "available", after=position, deadline=90, matching=lambda seen: "lamp on" in (seen.status or ""))
    assert alice.say(board.jid, "lamp off") == "lamp is off"


def test_a_clean_restart_of_the_server_brings_the_board_back(own_prosody, perch, person):
    alice = person("alice", own_prosody)
    board = perch(own_prosody, people={alice: "admin"})
    position = len(board.process.lines)
    own_prosody.restart()
    board.process.wait_for_line(r"online as ", deadline=60, after=position)
    alice.disconnect()
    alice.connect()
    assert alice.say(board.jid, "lamp on") == "lamp is on"


def test_a_message_that_was_stored_while_the_board_was_offline_is_not_carried_out(prosody, perch, person):
    alice = person("alice", prosody)
    board = perch(prosody, start=False, people={alice: "admin"})
    alice.send(board.jid, "lamp on")
    alice.query(prosody.domain, "<ping xmlns='urn:xmpp:ping'/>")
    board.start().online()
    reply = alice.next_message(board.jid).body
    assert re.match(r"You said that .*while I was offline; I did not do it\.", reply)
    assert board.get("lamp") == 0
    assert alice.say(board.jid, "lamp on") == "lamp is on"


def test_check_connect_reports_tls_and_login(prosody, perch):
    board = perch(prosody, start=False)
    done = run("check", "--connect", "--config", board.config)
    assert done.returncode == 0, done.stderr
    assert "TLS" in done.stdout and "SCRAM-SHA" in done.stdout
    assert prosody.authority.pin(prosody.certificate[0]) in done.stdout


def test_check_connect_with_a_wrong_password_says_so_and_exits_69(prosody, perch):
    account = prosody.account("board")
    board = perch(prosody, start=False, board=Account(account.jid, "not the password"))
    done = run("check", "--connect", "--config", board.config)
    assert done.returncode == 69
    assert re.search("password|not-authorized|credentials", done.stdout + done.stderr)
