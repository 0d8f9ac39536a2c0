"""Accounts that perch init has made by the server itself (XEP-0077, XEP-0445), on the four servers."""
import re
import ssl

import pytest

from harness.perch import run
from harness.process import eventually
from harness.rogue import Rogue
from harness.servers import EACH, make_server

OPEN = "allow_registration = true\n"
INVITING = OPEN + "registration_invite_only = true\nallow_user_invites = true\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(12000)  # what ejabberd takes for one


@pytest.fixture
def registering(tmp_path, authority):
    """registering("prosody 13", …) is a server of its own until the test ends. `prosody` and `ejabberd` are configuration of theirs;
    `register` is that of ejabberd's mod_register, and without it nobody is registered."""
    servers = []

    def make(name, prosody=OPEN, modules=(), ejabberd="registration_timeout: infinity\n", register="{}"):
        folder = tmp_path / f"server{len(servers)}"
        if name.startswith("prosody"):
            options = {"more": prosody, "modules": modules}
        else:
            options = {"more": ejabberd, "modules": {"register": register} if register else {}}
        servers.append(make_server(name, folder, authority=authority, **options))
        return servers[-1].start()
    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def init(tmp_path):
    """init(server, "name", …) runs perch init; a CompletedProcess with the written files as `folder`."""
    def make(server, name, *words, direct=False):
        folder = tmp_path / f"etc-{name}" / "perch"
        folder.parent.mkdir(exist_ok=True)
        place = f"tls:127.0.0.1:{server.direct_port}" if direct else f"127.0.0.1:{server.port}"
        done = run(
            "init", "--config", str(folder / "perch.conf"), "--board", "simulated", "--server", place, "--tls-ca", server.ca, "--jid",
            f"{name}@garden.example", "--admin", "alice@garden.example", "--no-start", "--yes", *words, timeout=60)
        done.folder = folder
        return done
    return make


def refused(done):
    """Nothing was registered, nothing is left; what was said."""
    assert done.returncode == 69, done.stdout + done.stderr
    assert not done.folder.exists() or not list(done.folder.iterdir())
    return done.stderr


@pytest.mark.parametrize("name", EACH)
def test_a_board_registers_itself_with_and_without_direct_tls_and_logs_in(name, registering, init):
    server = registering(name)
    for local, direct in (("shed", False), ("barn", True)):
        done = init(server, local, "--register", direct=direct)
        assert done.returncode == 0, done.stdout + done.stderr
        checked = run("check", "--connect", "--config", str(done.folder / "perch.conf"))
        assert checked.returncode == 0 and f"logged in as {local}@garden.example/" in checked.stdout, checked.stdout + checked.stderr
    # A name that is there is not taken over.
    (done.folder / "perch.conf").unlink()
    (done.folder / "password").unlink()
    assert "barn@garden.example is taken" in refused(init(server, "barn", "--register"))


@pytest.mark.parametrize("name", EACH)
def test_a_server_that_registers_nobody_is_told_apart_from_one_that_takes_no_invitations(name, registering, init):
    server = registering(name, prosody="", register=None)
    assert "garden.example does not let programs register accounts" in refused(init(server, "shed", "--register"))
    text = refused(init(server, "shed", "--invite", "xmpp:garden.example?register;preauth=whatever"))
    assert "garden.example takes no invitations from programs" in text


@pytest.mark.parametrize("name", EACH)
def test_a_server_that_has_registered_enough_for_now_is_left_alone(name, registering, init):
    server = registering(
        name, prosody=OPEN + "registration_throttle_max = 1\nregistration_throttle_period = 600\nregistration_allowlist = { }\n",
        ejabberd="registration_timeout: 600\n")
    assert init(server, "shed", "--register").returncode == 0
    text = refused(init(server, "barn", "--register"))
    assert "registers no more accounts just now (" in text and "try again later" in text


@pytest.mark.parametrize("name", ["prosody 0.12", "prosody 13"])
def test_a_contacts_invitation_registers_one_board_that_is_a_contact_then(name, registering, init, person):
    server = registering(name, prosody=INVITING, modules=["invites", "invites_register", "invites_adhoc"])
    alice = person("alice", server)
    made = alice.exchange(
        "<iq type='set' id='invite' to='garden.example'><command xmlns='http://jabber.org/protocol/commands' "
        "node='urn:xmpp:invite#invite' action='execute'/></iq>", "{jabber:client}iq/{http://jabber.org/protocol/commands}command")
    link = [text for text in made.itertext() if text.startswith("xmpp:")][0]
    assert re.fullmatch(rf"xmpp:{alice.jid}\?roster;preauth=[^;]+;ibr=y", link)
    token = re.search("preauth=([^;]+)", link)[1]

    text = refused(init(server, "shed", "--register"))
    assert "Registration on this server is through invitation only" in text and "ask for an invitation link" in text
    text = refused(init(server, "shed", "--invite", link.replace(token, "wrong")))
    assert "does not accept the invitation (The invite token is invalid or expired)" in text
    # A name that is taken does not use the invitation up.
    server.account("taken", unique=False)
    assert "taken@garden.example is taken" in refused(init(server, "taken", "--invite", link))
    done = init(server, "shed", "--invite", link)
    assert done.returncode == 0, done.stdout + done.stderr
    # The server does this after it has answered.
    def is_contact():
        roster = alice.query(alice.jid, "<query xmlns='jabber:iq:roster'/>")
        return any(item.get("jid") == "shed@garden.example" and item.get("subscription") == "both" for item in roster.iter())
    eventually(is_contact, 10, "the board in the roster of who invited it")
    assert "does not accept the invitation" in refused(init(server, "barn", "--invite", link))


def test_an_address_that_has_to_be_told_is_named(registering, init):
    server = registering("prosody 0.12", prosody=OPEN + 'additional_registration_fields = { "email+", "phone" }\n')
    text = refused(init(server, "shed", "--register"))
    assert 'garden.example asks who registers for "Email", which Perch cannot answer: create shed@garden.example' in text


@pytest.mark.parametrize("name", ["ejabberd 23.01", "ejabberd 24.12"])
def test_a_picture_that_somebody_has_to_read_is_named(name, registering, init, tmp_path):
    # In the server's own folder, which it sees in its chroot as well.
    folder = tmp_path / "server0"
    folder.mkdir()
    (folder / "picture.png").write_bytes(PICTURE)
    script = folder / "captcha.sh"
    script.write_text(f"#!/bin/sh\ncat '{folder}/picture.png'\n")
    script.chmod(0o755)
    server = registering(
        name, ejabberd=f"captcha_cmd: '{script}'\ncaptcha_url: http://127.0.0.1/captcha\n", register="{captcha_protected: true}")
    assert 'asks who registers for "Enter the text you see", which Perch cannot answer' in refused(init(server, "shed", "--register"))


@pytest.mark.parametrize("name", ["ejabberd 23.01", "ejabberd 24.12"])
def test_the_password_that_init_makes_is_strong_enough_for_a_server_that_asks_for_strength(name, registering, init):
    server = registering(name, register="{password_strength: 64}")
    assert init(server, "shed", "--register").returncode == 0


@pytest.mark.parametrize("answers", ["", "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"])
def test_a_server_that_goes_away_with_the_account_leaves_the_password_to_try(answers, authority, init):
    def script(connection):
        connection.secure()
        connection.open_stream("<stream:features/>")
        asked = connection.expect(r"<iq type='get' to='garden.example' id='([^']+)'><query xmlns='jabber:iq:register'/></iq>")[1].decode()
        connection.send(f"<iq type='result' id='{asked}'><query xmlns='jabber:iq:register'><username/><password/></query></iq>")
        connection.expect(r"<username>shed</username><password>[^<]+</password></query></iq>")
        connection.send(answers)
    with Rogue(script, authority.issue("garden.example"), authority.ca) as server:
        done = init(server, "shed", "--register")
    assert done.returncode == 69
    assert "shed@garden.example was sent to be registered, and no answer came" in done.stderr
    assert "may be registered nevertheless" in done.stderr
    assert [path.name for path in done.folder.iterdir()] == [".registering-shed@garden.example"]
    assert server.finished == 1, "the account was sent a second time"


def test_nothing_is_registered_where_encryption_was_taken_away(authority, init):
    def script(connection):
        connection.open_stream("<stream:features><register xmlns='http://jabber.org/features/iq-register'/></stream:features>")
        connection.expect_close()
    with Rogue(script, authority.issue("garden.example"), authority.ca) as server:
        done = init(server, "shed", "--register")
        assert "not safe" in refused(done)
        assert b"<iq" not in server.bytes


def test_nothing_is_registered_at_a_server_with_another_name(authority, init):
    def script(connection):
        try:
            connection.secure()
        except ssl.SSLError:
            pass
    with Rogue(script, authority.issue("other.example"), authority.ca) as server:
        assert "certificate" in refused(init(server, "shed", "--register"))
        assert b"<iq" not in server.bytes
