"""The main job on every server that Perch is tested with: Prosody 0.12 and 13, ejabberd 23.01 and 24.12."""
import ssl
import socket

import pytest

from harness.perch import run


def test_a_board_shows_itself_in_a_roster_and_a_chat_switches_its_lamp(each_server, person, perch):
    alice = person("alice", each_server)
    board = perch(each_server, people={alice: "admin"})
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")
    assert alice.say(board.jid, "lamp on") == "lamp is on"
    assert board.get("lamp") == 1


def test_a_board_logs_in_over_direct_tls(each_server, person, perch):
    alice = person("alice", each_server)
    board = perch(each_server, people={alice: "admin"}, direct_tls=True)
    assert alice.say(board.jid, "lamp on") == "lamp is on"


def test_stopping_on_purpose_is_told_with_a_status(each_server, person, perch):
    alice = person("alice", each_server)
    board = perch(each_server, people={alice: "admin"})
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")
    board.stop()
    gone = alice.wait_presence(board.jid, "unavailable", matching=lambda seen: "/" in seen.sender)
    assert gone.status


def test_after_a_restart_of_the_server_the_board_is_back_online(own_server, person, perch):
    alice = person("alice", own_server)
    board = perch(own_server, people={alice: "admin"})
    position = len(board.process.lines)
    own_server.restart()
    board.process.wait_for_line(r"online as ", deadline=60, after=position)
    alice.disconnect()
    alice.connect()
    assert alice.say(board.jid, "lamp on") == "lamp is on"


def test_check_connect_reports_tls_and_login_on_every_server(each_server, perch):
    done = run("check", "--connect", "--config", perch(each_server, start=False).config)
    assert done.returncode == 0, done.stderr
    assert "TLS" in done.stdout and "SCRAM-SHA" in done.stdout


def test_a_changed_password_is_the_one_that_counts(each_server, person):
    from harness.person import Person
    from harness.server import Account
    account = each_server.account("carol")
    each_server.set_password(account.local, "another one")
    with Person(Account(account.jid, "another one"), each_server) as carol:
        assert carol.roster() == {}


def test_both_ports_show_the_certificate_of_the_domain(each_server):
    context = ssl.create_default_context(cafile=each_server.ca)
    with socket.create_connection((each_server.address, each_server.direct_port), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname=each_server.domain) as secured:
            assert secured.version() in ("TLSv1.2", "TLSv1.3")


def kept_for(person, server, asked):
    """Seconds that the server says it keeps a lost session for (XEP-0198 max) when it is asked for so many."""
    somebody = person("somebody", server)
    return int(somebody.exchange(f"<enable xmlns='urn:xmpp:sm:3' resume='true' max='{asked}'/>", "{urn:xmpp:sm:3}enabled").get("max"))


@pytest.mark.parametrize("name, asked, kept", [
    ("prosody 0.12", 17, 600), ("prosody 13", 17, 600), ("prosody 0.12", 9999, 600), ("prosody 13", 9999, 600),
    ("ejabberd 23.01", 17, 17), ("ejabberd 24.12", 17, 17), ("ejabberd 23.01", 9999, 300), ("ejabberd 24.12", 9999, 300)])
def test_how_long_a_lost_session_is_kept_is_asked_for_on_ejabberd_and_told_by_prosody(servers, person, name, asked, kept):
    assert kept_for(person, servers(name), asked) == kept


def test_prosody_13_tells_after_how_much_silence_it_asks(servers):
    """XEP-0478; a session is dropped after twice that."""
    import re
    with socket.create_connection((servers("prosody 13").address, servers("prosody 13").direct_port), timeout=5) as plain:
        context = ssl.create_default_context(cafile=servers("prosody 13").ca)
        with context.wrap_socket(plain, server_hostname="garden.example") as secured:
            secured.sendall(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='garden.example' version='1.0'>")
            text = b""
            while b"</stream:features>" not in text:
                text += secured.recv(65536)
    assert re.search(rb"<limits[^>]*>.*<idle-seconds>840</idle-seconds>", text), text
