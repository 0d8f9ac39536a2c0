"""What people, strangers and rooms may try through an honest server (facts: what a hostile or broken peer does).

The server stamps the sender's address, so these pass through a private Prosody; what only a server could forge is in
test_hostile.py. docs/hostile-peers.md says which test is for what.
"""
import re

import pytest


def stanza(to, body, id="h1", more="", kind="chat"):
    return f"<message to='{to}' type='{kind}' id='{id}'><body>{body}</body>{more}</message>"


def settle(garden):
    """What was sent to the board before is handled: it has answered something that came after."""
    return garden.say("ping")


def test_a_command_that_says_itself_that_it_is_late_is_not_carried_out(garden):
    garden.alice.send_raw(stanza(garden.perch.jid, "lamp on", more="<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>"))
    assert "I did not do it" in garden.alice.next_message(garden.perch.jid).body
    settle(garden)
    assert garden.perch.get("lamp") == 0


def test_a_command_that_is_sent_again_is_carried_out_once(garden):
    garden.alice.send_raw(stanza(garden.perch.jid, "toggle lamp"))
    garden.alice.next_message(garden.perch.jid)
    for _ in range(3):
        garden.alice.send_raw(stanza(garden.perch.jid, "toggle lamp"))
    settle(garden)
    assert garden.perch.get("lamp") == 1


def forwarded(sender, to):
    return (f"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{sender}/x' to='{to}' type='chat' id='f1'>"
            "<body>lamp on</body></message></forwarded>")


@pytest.mark.parametrize("wrapper", [
    "<received xmlns='urn:xmpp:carbons:2'>{}</received>", "<sent xmlns='urn:xmpp:carbons:2'>{}</sent>",
    "<result xmlns='urn:xmpp:mam:2' id='1'>{}</result>", "{}", "<x xmlns='jabber:x:oob'>{}</x>",
], ids=["a carbon received", "a carbon sent", "an archive", "forwarded", "something else"])
def test_a_stranger_cannot_put_words_into_a_persons_mouth(wrapper, garden, person):
    """CVE-2017-5589 and its family."""
    mallory = person("mallory", garden.server)
    inside = wrapper.format(forwarded(garden.alice.jid, garden.perch.jid))
    mallory.send_raw(f"<message to='{garden.perch.jid}' type='chat' id='c1'>{inside}</message>")
    mallory.send_raw(f"<message to='{garden.perch.jid}' from='{mallory.jid}/test' type='chat' id='c2'>{inside}<body>lamp on</body></message>")
    mallory.query(garden.server.domain, "<ping xmlns='urn:xmpp:ping'/>")
    settle(garden)
    assert garden.perch.get("lamp") == 0
    assert mallory.messages_from(garden.perch.jid) == []


def full_address(garden):
    garden.alice.subscribe(garden.perch.jid)
    return garden.alice.wait_presence(garden.perch.jid).sender


def test_a_contact_cannot_change_the_roster_of_the_board(garden, person):
    """CVE-2015-8688's family: the people listed are trusted with lines, not with the roster."""
    full = full_address(garden)
    answer = garden.alice.query(
        full, "<query xmlns='jabber:iq:roster'><item jid='mallory@evil.example' subscription='both'/></query>", kind="set")
    assert answer.get("type") == "error"
    assert garden.perch.process.is_said_once("roster change that " + re.escape(garden.alice.jid))


def test_answers_and_receipts_that_nobody_asked_for_change_nothing(garden, person):
    full = full_address(garden)
    mallory = person("mallory", garden.server)
    for sender in (mallory, garden.alice):
        for id in ("x1", "1", "p0"):
            sender.send_raw(f"<iq to='{full}' type='result' id='{id}'><query xmlns='jabber:iq:roster'/></iq>")
            sender.send_raw(f"<iq to='{full}' type='error' id='{id}'/>")
        sender.send_raw(f"<message to='{full}'><received xmlns='urn:xmpp:receipts' id='x1'/></message>")
    assert settle(garden) and garden.say("lamp on") == "lamp is on"
    assert mallory.messages_from(garden.perch.jid) == []


def test_a_private_message_of_a_room_does_not_have_the_rooms_role(prosody, person, perch):
    """The room is listed, and so is its address with a nickname when it is made bare: who is behind it nobody knows."""
    room = person("garden", prosody)
    board = perch(prosody, people={room: "operator"})
    for sign in ("<x xmlns='http://jabber.org/protocol/muc#user'/>", "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o'/>"):
        room.send_raw(stanza(board.jid, "lamp on", id="r" + str(len(sign)), more=sign))
    room.send_raw(stanza(board.jid, "lamp on", id="g", kind="groupchat"))
    assert room.say(board.jid, "lamp") == "lamp is off"
    assert board.process.is_said_once("who is behind a nickname is not known")


BAD = {
    "deeper than any stanza is": "<x xmlns='urn:x'>" * 40 + "</x>" * 40,
    "more attributes than any element has": "<x xmlns='urn:x' " + " ".join(f"a{at}='1'" for at in range(70)) + "/>",
    "more elements than any stanza has": "<x xmlns='urn:x'/>" + "<a/>" * 20_000,
    "a longer tag than any is": "<x xmlns='urn:x' a='" + "b" * 20_000 + "'/>",
    "quotes that grow when they are written again": "<body>" + "'" * 200_000 + "</body>",
}


@pytest.mark.parametrize("payload", BAD.values(), ids=BAD.keys())
def test_a_stranger_cannot_make_the_board_lose_its_connection(payload, garden, person):
    mallory = person("mallory", garden.server)
    mallory.send_raw(f"<message to='{garden.perch.jid}' type='chat' id='bad'>{payload}</message>")
    # The Expat of the server looks at a long tag again only when there is as much behind it.
    mallory.send_raw(" " * 60_000)
    mallory.query(garden.server.domain, "<ping xmlns='urn:xmpp:ping'/>", deadline=60)
    assert garden.say("lamp on", deadline=60) == "lamp is on"
    assert garden.perch.process.count("online as ") == 1
