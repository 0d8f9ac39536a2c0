"""A server that breaks the rules (facts: what a hostile or broken peer does): perch neither crashes nor obeys nor hammers."""
import pytest

from harness.process import Timeout
from harness.rogue import HEADER, PROCEED, SASL, STARTTLS, Rogue, mechanisms

MOST_MEMORY = 40_000  # KB resident, ordinary debug build; a stanza limit of 256 KiB keeps it far below


@pytest.fixture
def against(perch, authority, prosody):
    """against(script, direct_tls=False): perch running against a Rogue; (daemon, rogue)."""
    rogues = []

    def start(script, direct_tls=True, board=None):
        certificate = authority.issue("garden.example")
        rogue = Rogue(script, certificate, authority.ca)
        rogues.append(rogue)
        daemon = perch(rogue, start=False, board=board or prosody.account("board"), direct_tls=direct_tls)
        return daemon.start(), rogue
    yield start
    for rogue in rogues:
        rogue.close()


def survives(daemon, rogue, deadline=45):
    """It gives the connection up, says that it will try again, and does not do so at once."""
    rogue.wait_until_finished(1, deadline)
    daemon.process.wait_for_line(r"again in", deadline)
    assert daemon.process.running
    assert len(rogue.connections) <= 2
    assert daemon.memory()[0] < MOST_MEMORY


def close_at_once(connection):
    pass


def close_after_the_header(connection):
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER)


def close_after_features(connection):
    connection.open_stream(STARTTLS)


def close_after_proceed(connection):
    connection.open_stream(STARTTLS)
    connection.expect("<starttls[^>]*>")
    connection.send(PROCEED)


def noise_instead_of_tls(connection):
    close_after_proceed(connection)
    connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
    connection.expect_close()


def a_refused_starttls(connection):
    connection.open_stream(STARTTLS)
    connection.expect("<starttls[^>]*>")
    connection.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")


def a_web_server(connection):
    connection.expect("<stream:stream[^>]*>")
    connection.send("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html><body>no</body></html>")
    connection.expect_close()


def an_entity_bomb(connection):
    connection.expect("<stream:stream[^>]*>")
    entities = "".join(f"<!ENTITY e{i} '&e{i - 1};&e{i - 1};'>" for i in range(1, 30))
    connection.send(f"<?xml version='1.0'?><!DOCTYPE bomb [<!ENTITY e0 'boom'>{entities}]><stream:stream xmlns='&e29;'>")
    connection.expect_close()


def another_encoding(connection):
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER.replace("<?xml version='1.0'?>", "<?xml version='1.0' encoding='ISO-8859-1'?>"))
    connection.expect_close()


def a_stream_error(connection):
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
    connection.expect_close()


PLAIN = [close_at_once, close_after_the_header, close_after_features, close_after_proceed, noise_instead_of_tls, a_refused_starttls,
         a_web_server, an_entity_bomb, another_encoding, a_stream_error]


@pytest.mark.parametrize("script", PLAIN, ids=lambda script: script.__name__)
def test_before_tls_nothing_that_the_server_does_hurts(script, against):
    daemon, rogue = against(script, direct_tls=False)
    survives(daemon, rogue)
    assert b"<auth" not in rogue.bytes


def test_a_stripped_starttls_is_noticed_and_no_password_is_sent(against):
    def script(connection):
        connection.open_stream(mechanisms("PLAIN", "SCRAM-SHA-1"))
        connection.expect_close()
    daemon, rogue = against(script, direct_tls=False)
    survives(daemon, rogue)
    assert b"<auth" not in rogue.bytes


def test_bytes_smuggled_in_behind_proceed_are_not_believed(against):
    """CVE-2011-0411's family: what came before TLS must not be read as if it came after."""
    def script(connection):
        connection.open_stream(STARTTLS)
        connection.expect("<starttls[^>]*>")
        connection.send(PROCEED + HEADER + mechanisms("PLAIN"))
        connection.expect_close()
    daemon, rogue = against(script, direct_tls=False)
    survives(daemon, rogue)
    assert b"<auth" not in rogue.bytes


def plain_only(connection):
    connection.start_tls()
    connection.open_stream(mechanisms("PLAIN"))
    connection.expect_close()


def unknown_mechanisms(connection):
    connection.start_tls()
    connection.open_stream(mechanisms("X-OAUTH2", "DIGEST-MD5"))
    connection.expect_close()


def few_iterations(connection):
    connection.start_tls()
    connection.scram("guess", iterations=1)


def a_billion_iterations(connection):
    connection.start_tls()
    connection.open_stream(mechanisms("SCRAM-SHA-256", "SCRAM-SHA-1"))
    connection.expect("<auth[^>]*>[^<]*</auth>")
    import base64
    connection.send(f"<challenge xmlns='{SASL}'>" + base64.b64encode(b"r=x,s=c2FsdA==,i=1000000000").decode() + "</challenge>")
    connection.expect_close()


def a_nonce_of_its_own(connection):
    connection.start_tls()
    connection.scram("guess", nonce="somethingelse")


def a_challenge_that_is_no_base64(connection):
    connection.start_tls()
    connection.open_stream(mechanisms("SCRAM-SHA-1"))
    connection.expect("<auth[^>]*>[^<]*</auth>")
    connection.send(f"<challenge xmlns='{SASL}'>%%%&amp;</challenge>")
    connection.expect_close()


def success_without_a_challenge(connection):
    connection.start_tls()
    connection.open_stream(mechanisms("SCRAM-SHA-1"))
    connection.expect("<auth[^>]*>[^<]*</auth>")
    connection.send(f"<success xmlns='{SASL}'/>")
    connection.expect_close()


def a_comment(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<!-- nothing -->" + mechanisms("SCRAM-SHA-1"))
    connection.expect_close()


def a_processing_instruction(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<?php nothing ?>" + mechanisms("SCRAM-SHA-1"))
    connection.expect_close()


def a_thousand_levels(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<a>" * 1000)
    connection.expect_close()


def a_thousand_attributes(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<a " + " ".join(f"a{i}='{i}'" for i in range(1000)) + "/>")
    connection.expect_close()


def an_endless_token(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<")
    for _ in range(64):
        connection.send("a" * 65536)
    connection.expect_close()


def an_endless_stanza(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER + "<message><body>")
    for _ in range(64):
        connection.send("a" * 65536)
    connection.expect_close()


def invalid_utf8(connection):
    connection.start_tls()
    connection.expect("<stream:stream[^>]*>")
    connection.send(HEADER.encode() + b"<a>\xc0\xaf\xed\xa0\x80</a>")
    connection.expect_close()


TLS = [plain_only, unknown_mechanisms, few_iterations, a_billion_iterations, a_nonce_of_its_own, a_challenge_that_is_no_base64,
       success_without_a_challenge, a_comment, a_processing_instruction, a_thousand_levels, a_thousand_attributes, an_endless_token,
       an_endless_stanza, invalid_utf8]


@pytest.mark.parametrize("script", TLS, ids=lambda script: script.__name__)
def test_inside_tls_nothing_that_the_server_does_hurts(script, against):
    daemon, rogue = against(script)
    survives(daemon, rogue)
    assert daemon.process.count("online as ") == 0


def test_a_server_that_does_not_know_the_password_is_found_out(against, prosody):
    """SCRAM proves both sides: a wrong signature must not end in a session."""
    account = prosody.account("board")

    def script(connection):
        connection.start_tls()
        connection.scram(account.password, signature=b"\0" * 32)
        connection.expect_close()
    daemon, rogue = against(script, board=account)
    survives(daemon, rogue)
    assert b"jabber:iq:roster" not in rogue.bytes and daemon.process.count("online as ") == 0


def test_a_rogue_that_does_everything_right_is_logged_into(against, prosody):
    """Without this one, the tests around it would prove nothing."""
    account = prosody.account("board")

    def script(connection):
        connection.login(account)
        connection.expect_close(60)
    daemon, rogue = against(script, board=account)
    daemon.online()
    assert rogue.wait_for_bytes(b"jabber:iq:roster")


def after_login(bytes_to_send):
    def make(account):
        def script(connection):
            connection.login(account)
            connection.expect("jabber:iq:roster")
            connection.send(bytes_to_send)
            connection.expect_close(60)
        return script
    return make


@pytest.mark.parametrize("poison", [
    b"<message from='x@y/z' type='chat'><body>&undefined;</body></message>",
    b"<iq type='result'>" * 10_000,
    b"<presence from='@@@///'/><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:1</see-other-host></stream:error></stream:stream>",
    b"</stream:stream>",
    b"</wrong>",
    b"<!DOCTYPE x>",
], ids=["undefined entity", "bottomless stanza", "see-other-host", "stream end", "wrong end tag", "doctype"])
def test_after_login_poison_ends_the_stream_and_nothing_else(poison, against, prosody):
    account = prosody.account("board")
    daemon, rogue = against(after_login(poison)(account), board=account)
    daemon.online()
    rogue.wait_until_finished(1)
    assert daemon.process.running
    assert daemon.memory()[0] < MOST_MEMORY


@pytest.mark.parametrize("excess", [
    b"<body>" + b"a" * 300_000 + b"</body>", b"<a>" * 40 + b"</a>" * 40, b"<a " + b" ".join(b"a%d=''" % at for at in range(100)) + b"/>",
    b"<a/>" * 20_000, b"<a b='" + b"c" * 100_000 + b"'/>",
], ids=["a huge body", "depth", "attributes", "elements", "a huge tag"])
def test_after_login_what_is_beyond_the_limits_is_passed_over(excess, against, prosody):
    """Strangers can send it through honest servers: it must not be the end of the stream."""
    account = prosody.account("board")

    def script(connection):
        connection.login(account)
        connection.expect("jabber:iq:roster")
        connection.send(b"<message from='x@y/z' type='chat'>" + excess + b"</message><iq type='get' id='after' from='garden.example'><ping xmlns='urn:xmpp:ping'/></iq>")
        connection.expect(r"<iq[^>]*id=[\"']after[\"']")
        connection.expect_close(60)
    daemon, rogue = against(script, board=account)
    daemon.online()
    assert rogue.wait_for_bytes(b"after") and daemon.process.running
    assert len(rogue.connections) == 1
    assert daemon.memory()[0] < MOST_MEMORY


def test_roster_pushes_and_results_from_somebody_else_are_not_believed(against, prosody):
    """CVE-2015-8688's family: a roster push may only come from our own account."""
    account = prosody.account("board")
    push = (
        "<iq type='set' id='p1' from='mallory@evil.example/x'><query xmlns='jabber:iq:roster'><item jid='mallory@evil.example' subscription='both'/></query></iq>"
        "<iq type='get' id='after' from='garden.example'><ping xmlns='urn:xmpp:ping'/></iq>")
    answered = []

    def script(connection):
        connection.login(account)
        connection.expect("jabber:iq:roster")
        connection.send(push)
        answered.append(connection.expect(r"<iq[^>]*id=[\"']p1[\"'].*?(?=<iq[^>]*id=[\"']after[\"'])|<iq[^>]*id=[\"']after[\"']")[0])
        connection.expect_close(60)
    daemon, rogue = against(script, board=account)
    daemon.online()
    daemon.process.wait_for_line("online as ")
    import time
    end = time.monotonic() + 10
    with rogue._changed:
        rogue._changed.wait_for(lambda: b"after" in rogue.bytes, max(0, end - time.monotonic()))
    assert b"after" in rogue.bytes
    assert b"type='result' id='p1'" not in rogue.bytes and b'type="result" id="p1"' not in rogue.bytes


def test_a_server_that_never_answers_is_given_up(against):
    def script(connection):
        connection.expect_close(120)
    daemon, rogue = against(script, direct_tls=False)
    rogue.wait_until_finished(1, deadline=90)
    assert daemon.process.running


def test_repeated_failures_are_met_with_growing_pauses(against):
    daemon, rogue = against(close_at_once, direct_tls=False)
    rogue.wait_for_connections(3, deadline=90)
    first, second, third = rogue.connections[:3]
    assert second - first >= 0.5
    assert third - second >= 0.5
    assert daemon.process.running
