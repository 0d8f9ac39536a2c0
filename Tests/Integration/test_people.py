"""Product §3 and §4: who may do what, changed in chat, on a real server."""
import re

from harness.process import eventually


def flush(somebody):
    """Return once the server has handled all that this person sent."""
    somebody.query(somebody.server.domain, "<ping xmlns='urn:xmpp:ping'/>")


def invite(garden, role):
    """The code that `invite` prints."""
    answer = garden.say(f"invite {role}")
    code = answer.split("\n")[0]
    assert re.fullmatch("([0-9A-Z]{4}-){2}[0-9A-Z]{4}", code)
    assert f"xmpp:{garden.perch.jid}?message;body={code}" in answer
    return code


def test_a_stranger_who_says_the_code_switches_the_lamp_until_they_are_denied(garden, person):
    board = garden.perch
    nina = person("nina", garden.server)
    # She has asked before anybody let her in: that is answered with the code.
    nina.subscribe(board.jid)
    nina.send(board.jid, "lamp on")
    flush(nina)
    code = invite(garden, "operator")
    nina.send(board.jid, "AAAA-BBBB-CCCC")
    flush(nina)
    garden.say("status")
    flush(nina)
    assert nina.messages_from(board.jid) == [] and board.get("lamp") == 0

    welcome = nina.say(board.jid, code.lower())
    assert welcome.startswith(f"Welcome! You are operator here: {garden.alice.jid} has invited you.") and "lamp on" in welcome
    garden.alice.next_message(board.jid, matching=lambda m: m.body and m.body.startswith(f"{nina.jid} has said your code and is operator now."))
    assert nina.say(board.jid, "lamp on") == "lamp is on"
    assert board.get("lamp") == 1
    nina.wait_presence(board.jid)
    nina.approve(board.jid)
    eventually(lambda: nina.roster().get(board.jid) == "both", what="nina and the board seeing each other")

    # Another stranger with the same code is one.
    otto = person("otto", garden.server)
    otto.send(board.jid, code)
    flush(otto)
    garden.say("status")
    flush(otto)
    assert otto.messages_from(board.jid) == []
    assert code not in "\n".join(board.process.lines)
    assert f"{nina.jid}: operator (let in by {garden.alice.jid})" in garden.say("people")

    board.stop()
    board.start().online()
    assert nina.say(board.jid, "lamp on") == "lamp is on"

    assert garden.say(f"deny {nina.jid}") == f"{nina.jid} may do nothing here any more."
    eventually(lambda: nina.roster().get(board.jid) in (None, "none"), what="nina and the board seeing each other no more")
    count = len(nina.messages_from(board.jid))
    nina.send(board.jid, "lamp off")
    flush(nina)
    garden.say("status")
    flush(nina)
    assert len(nina.messages_from(board.jid)) == count and board.get("lamp") == 1
    assert nina.jid not in garden.say("people")


def test_an_open_code_outlasts_a_restart_and_is_not_in_the_state_files(garden, person):
    code = invite(garden, "viewer")
    garden.perch.stop()
    with open(f"{garden.perch.state}/people") as file:
        text = file.read()
    assert text.startswith("perch-people 1\n") and code not in text and code.replace("-", "") not in text
    garden.perch.start().online()
    nina = person("nina", garden.server)
    assert nina.say(garden.perch.jid, code.replace("-", " ")).startswith("Welcome! You are viewer here")
    assert "operator role" in nina.say(garden.perch.jid, "lamp on")


def test_a_code_that_was_stored_while_the_board_was_away_lets_nobody_in(garden, person):
    code = invite(garden, "operator")
    nina = person("nina", garden.server)
    garden.perch.stop()
    nina.send(garden.perch.jid, code)
    flush(nina)
    garden.perch.start().online()
    garden.say("status")
    flush(nina)
    assert nina.messages_from(garden.perch.jid) == []
    assert nina.say(garden.perch.jid, code).startswith("Welcome!")


def test_somebody_is_let_in_by_address_and_a_reload_keeps_them(garden, person):
    nina = person("nina", garden.server)
    assert garden.say(f"allow {nina.jid} operator") == f"{nina.jid} is operator now."
    eventually(lambda: any(seen.type == "subscribe" and seen.bare == garden.perch.jid for seen in nina.presences), what="the board asking to see nina")
    position = garden.perch.reload()
    garden.perch.process.wait_for_line("configuration reloaded", after=position)
    assert nina.say(garden.perch.jid, "lamp on") == "lamp is on"
    assert f"allow {nina.jid} operator" in garden.say("log")
