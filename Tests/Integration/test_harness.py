"""The harness by itself: what the other tests lean on."""
import ssl
import socket

import pytest

from harness.process import Process, Timeout


def test_two_people_talk_through_the_private_server(prosody, person):
    alice, bob = person("alice", prosody), person("bob", prosody)
    alice.send(bob.jid, "is the lamp on?")
    heard = bob.next_message(alice.jid)
    assert heard.body == "is the lamp on?"
    bob.send(heard.sender, "it is")
    assert alice.next_message(bob.jid).body == "it is"


def test_a_subscription_shows_presence_with_its_status(prosody, person):
    alice, bob = person("alice", prosody), person("bob", prosody)
    alice.subscribe(bob.jid)
    bob.wait_presence(alice.jid, "subscribe")
    bob.approve(alice.jid)
    alice.wait_presence(bob.jid, "available")
    bob.set_presence(pstatus="lamp on")
    assert alice.wait_presence(bob.jid, matching=lambda seen: seen.status == "lamp on").show is None


def test_waiting_in_vain_says_what_came_instead(prosody, person):
    alice, bob = person("alice", prosody), person("bob", prosody)
    bob.send(alice.jid, "hello")
    alice.next_message(bob.jid)
    with pytest.raises(Timeout, match="hello"):
        alice.next_message(bob.jid, after=len(alice.messages), deadline=0.1)


def test_a_wrong_password_is_not_let_in(prosody, person):
    from harness.person import Person
    from harness.prosody import Account
    account = prosody.account("mallory")
    with pytest.raises(AssertionError, match="not authorised"):
        Person(Account(account.jid, "guess"), prosody).connect()


def test_a_stopped_server_ends_the_stream_and_comes_back_on_the_same_port(own_prosody, person):
    alice = person("alice", own_prosody)
    port = own_prosody.port
    own_prosody.kill()
    alice._wait(lambda: alice._ended, 10, "the end of the stream")
    own_prosody.start()
    assert own_prosody.port == port
    alice.disconnect()
    assert alice.connect()


def test_direct_tls_answers_with_the_certificate_of_the_domain(prosody):
    context = ssl.create_default_context(cafile=prosody.ca)
    with socket.create_connection(("127.0.0.1", prosody.direct_port), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname=prosody.domain) as secured:
            assert secured.version() in ("TLSv1.2", "TLSv1.3")


def test_the_authority_issues_an_expired_certificate_and_its_pin(authority):
    certificate, _ = authority.issue("garden.example", expired=True)
    assert "expired" in certificate
    assert authority.pin(certificate).startswith("sha256:")


def test_a_process_that_ends_early_is_reported_with_its_last_words():
    process = Process(["sh", "-c", "echo about to fail >&2; exit 3"])
    with pytest.raises(Timeout, match="about to fail"):
        process.wait_for_line("ready")
    assert process.wait() == 3


def test_a_rogue_that_does_everything_right_lets_an_ordinary_client_in(prosody, authority):
    """So its SCRAM and its binding are right, and what the hostile tests spoil is all that is wrong."""
    from harness.person import Person
    from harness.rogue import PROCEED, STARTTLS, Rogue
    account = prosody.account("alice")

    def script(connection):
        connection.open_stream(STARTTLS)
        connection.expect("<starttls[^>]*>")
        connection.send(PROCEED)
        connection.start_tls()
        connection.scram(account.password)
        connection.bind(account.jid)
        request = connection.expect(r"<iq[^>]*id=[\"']([^\"']*)[\"'][^>]*>\s*<query xmlns=[\"']jabber:iq:roster")[1].decode()
        connection.send(f"<iq type='result' id='{request}'><query xmlns='jabber:iq:roster'/></iq>")
        connection.expect("<presence")
        connection.send(f"<message from='{account.jid}' type='chat'><body>welcome</body></message>")
        connection.expect_close()
    with Rogue(script, authority.issue("garden.example"), authority.ca) as rogue:
        with Person(account, rogue) as alice:
            assert alice.next_message(account.jid).body == "welcome"


def test_a_relay_counts_connections_and_passes_bytes_both_ways(prosody, person):
    from harness.person import Person
    from harness.relay import Relay
    bob = person("bob", prosody)
    with Relay(prosody.port) as relay:
        class Through:
            port, ca = relay.port, prosody.ca
        with Person(prosody.account("alice"), Through) as alice:
            alice.send(bob.jid, "hello")
            assert bob.next_message(alice.jid).body == "hello"
        assert len(relay.connections) == 1
