"""Product §3 and §7 through a real server: what people say, and what the lines do."""
import re

from harness.process import eventually

SENML = "urn:ietf:params:xml:ns:senml"


def flush(somebody):
    """Return once the server has handled all that this person sent: a stream is handled in order."""
    somebody.query(somebody.server.domain, "<ping xmlns='urn:xmpp:ping'/>")


def test_a_chat_message_switches_the_line_and_the_reply_says_so(garden):
    assert garden.perch.get("lamp") == 0
    assert garden.say("lamp on") == "lamp is on"
    assert garden.perch.get("lamp") == 1
    assert garden.say("turn off the lamp") == "lamp is off"
    assert garden.perch.get("lamp") == 0


def test_toggle_goes_both_ways(garden):
    assert garden.say("toggle lamp") == "lamp is on"
    assert garden.say("Toggle the LAMP") == "lamp is off"
    assert garden.perch.get("lamp") == 0


def test_a_line_switched_for_a_while_goes_off_by_itself(garden):
    reply = garden.say("lamp on for 1s")
    assert re.fullmatch(r"lamp is on until \d\d:\d\d(:\d\d)?", reply)
    assert garden.perch.get("lamp") == 1
    eventually(lambda: garden.perch.get("lamp") == 0, what="the lamp going off")


def test_a_tag_addresses_its_lines_and_the_reply_names_each(garden):
    reply = garden.say("lights on")
    assert "lamp is on" in reply and "fan is on" in reply
    assert (garden.perch.get("lamp"), garden.perch.get("fan")) == (1, 1)
    assert "door" not in garden.say("lights off")
    assert (garden.perch.get("lamp"), garden.perch.get("fan")) == (0, 0)


def test_status_has_one_line_for_each_line_and_sensor(garden):
    garden.perch.ask("sensor air 21.44")
    garden.say("lamp on")
    assert re.search(r"21\.4 °C", garden.say("read air"))
    reply = garden.say("status")
    assert re.search(r"(?m)^lamp\b.*\bon\b", reply)
    assert re.search(r"(?m)^door\b.*\b(open|closed)\b", reply)
    assert re.search(r"(?m)^air\b.*21\.4 °C", reply)


def test_reading_a_sensor_tells_value_unit_and_age(garden):
    garden.perch.ask("sensor air 21.44")
    assert re.fullmatch(r"air 21\.4 °C \([^)]+\)", garden.say("read air"))


def test_a_reading_carries_senml_beside_the_text(garden):
    garden.perch.ask("sensor air 21.44")
    start = len(garden.alice.messages)
    garden.alice.send(garden.perch.jid, "read air")
    reply = garden.alice.next_message(garden.perch.jid, after=start, matching=lambda m: m.body.startswith("air 21.4"))
    pack = reply.child("sensml", SENML)
    assert pack is not None
    record = pack.find(f"{{{SENML}}}senml")
    assert record.get("u") == "Cel" and abs(float(record.get("v")) - 21.44) < 0.01


def test_a_sensor_that_fails_says_why_and_never_zero(garden):
    garden.perch.ask("fail air the wire is loose")
    reply = garden.say("read air")
    assert reply.startswith("air failed: the wire is loose")


def test_help_names_the_lines_and_sensors_of_this_board(garden):
    reply = garden.say("help")
    for name in ("lamp", "fan", "door", "air", "status"):
        assert name in reply


def test_help_for_a_line_is_about_that_line(garden):
    assert "lamp" in garden.say("help lamp")


def test_a_mistyped_name_gets_the_nearest_one_and_switches_nothing(garden):
    assert garden.say("lmap on") == 'I have no "lmap". Did you mean lamp?'
    assert garden.perch.get("lamp") == 0


def test_an_input_cannot_be_switched(garden):
    before = garden.perch.get("door")
    assert "door" in garden.say("door on")
    assert garden.perch.get("door") == before


def test_a_viewer_reads_but_does_not_switch(prosody, person, perch):
    victor = person("victor", prosody)
    board = perch(prosody, people={victor: "viewer"})
    assert "lamp" in victor.say(board.jid, "status")
    reply = victor.say(board.jid, "lamp on")
    assert reply != "lamp is on"
    assert board.get("lamp") == 0


def test_an_operator_switches_but_does_not_change_people(prosody, person, perch):
    oscar = person("oscar", prosody)
    board = perch(prosody, people={oscar: "operator"})
    assert oscar.say(board.jid, "lamp on") == "lamp is on"
    oscar.say(board.jid, "allow mallory@garden.example admin")
    assert "mallory" not in oscar.say(board.jid, "status")


def test_a_pattern_authorises_everybody_of_a_domain(prosody, person, perch):
    carol = person("carol", prosody)
    board = perch(prosody, people={f"*@{prosody.domain}": "operator"})
    assert carol.say(board.jid, "lamp on") == "lamp is on"


def test_a_stranger_gets_no_answer_and_one_line_in_the_log(garden, person):
    stranger = person("stranger", garden.server)
    stranger.send(garden.perch.jid, "lamp on")
    stranger.subscribe(garden.perch.jid)
    flush(stranger)
    # The board handles what comes in order: once it has answered alice, the stranger's message is behind it.
    garden.say("status")
    flush(stranger)
    assert garden.perch.get("lamp") == 0
    assert stranger.messages_from(garden.perch.jid) == []
    # The server itself answers for the board with unavailable presence, from the bare address; nothing else may come.
    assert {(seen.type, seen.sender) for seen in stranger.presences if seen.bare == garden.perch.jid} <= {("unavailable", garden.perch.jid)}
    assert garden.perch.process.is_said_once(re.escape(stranger.jid))


def test_a_stranger_who_asks_the_board_itself_hears_what_an_absent_account_answers(garden, person):
    stranger = person("stranger", garden.server)
    garden.alice.subscribe(garden.perch.jid)
    full = garden.alice.wait_presence(garden.perch.jid).sender
    resource = full.split("/", 1)[1]
    query = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
    there = stranger.query(full, query)
    absent = stranger.query(f"{garden.server.account('nobody').jid}/{resource}", query)
    assert there.get("type") == absent.get("type") == "error"
    condition = "{urn:ietf:params:xml:ns:xmpp-stanzas}service-unavailable"
    assert there.find("{jabber:client}error").find(condition) is not None
    assert absent.find("{jabber:client}error").find(condition) is not None


def test_an_authorised_person_sees_what_the_board_can_do(garden):
    garden.alice.subscribe(garden.perch.jid)
    full = garden.alice.wait_presence(garden.perch.jid).sender
    query = "{http://jabber.org/protocol/disco#info}"
    answer = garden.alice.query(full, "<query xmlns='http://jabber.org/protocol/disco#info'/>")
    features = {feature.get("var") for feature in answer.iter(query + "feature")}
    assert {"urn:xmpp:ping", "urn:xmpp:receipts", "urn:xmpp:time", "jabber:iq:version"} <= features
    assert len(list(answer.iter(query + "identity"))) >= 1


def test_a_receipt_is_given_to_those_who_ask_for_it(garden):
    start = len(garden.alice.messages)
    id = garden.alice.send(garden.perch.jid, "lamp on", receipt=True)
    garden.alice._wait(
        lambda: [m for m in garden.alice.messages[start:] if m.child("received", "urn:xmpp:receipts") is not None
                 and m.child("received", "urn:xmpp:receipts").get("id") == id], 10, "a receipt")
    assert garden.alice.next_message(garden.perch.jid, after=start).body == "lamp is on"


def test_a_stranger_gets_no_receipt(garden, person):
    stranger = person("stranger", garden.server)
    stranger.send(garden.perch.jid, "lamp on", receipt=True)
    flush(stranger)
    garden.say("status")
    flush(stranger)
    assert [message for message in stranger.messages if message.bare == garden.perch.jid] == []


def test_a_body_above_one_kibibyte_is_refused_in_words(garden):
    reply = garden.say("lamp on " + "please " * 200)
    assert reply and reply != "lamp is on"
    assert garden.perch.get("lamp") == 0


def test_more_than_ten_commands_in_ten_seconds_are_refused_in_words(garden):
    start = len(garden.alice.messages)
    for _ in range(12):
        garden.alice.send(garden.perch.jid, "toggle lamp")
    garden.alice._wait(lambda: len(garden.alice.messages_from(garden.perch.jid)) >= 11, 10, "eleven replies")
    replies = [m.body for m in garden.alice.messages[start:] if m.bare == garden.perch.jid and m.body]
    assert replies[:10] == ["lamp is on", "lamp is off"] * 5
    assert not replies[10].startswith("lamp is ")
    assert garden.perch.get("lamp") == 0


def test_a_line_that_asks_back_waits_for_the_number(prosody, person, perch):
    alice = person("alice", prosody)
    gate = "\n[line gate]\npin = GPIO5\npart = relay\nconfirm = yes\n"
    board = perch(prosody, people={alice: "admin"}, more=gate)
    question = alice.say(board.jid, "gate on")
    code = re.search(r"yes (\d{4})", question)
    assert code and board.get("gate") == 0
    alice.say(board.jid, f"yes {(int(code[1]) + 1) % 10000:04}")
    assert board.get("gate") == 0
    question = alice.say(board.jid, "gate on")
    assert alice.say(board.jid, "yes " + re.search(r"yes (\d{4})", question)[1]) == "gate is on"
    assert board.get("gate") == 1


def test_an_input_that_changes_is_reported_to_those_who_get_reports(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "viewer"}, reports=[alice])
    about_the_door = r"door .*(open|closed)"
    level = board.get("door")
    board.ask(f"set door {1 - level}")
    first = alice.next_message(board.jid, matching=lambda m: re.search(about_the_door, m.body))
    start = alice.messages.index(first) + 1
    board.ask(f"set door {level}")
    second = alice.next_message(board.jid, after=start, matching=lambda m: re.search(about_the_door, m.body))
    assert second.body != first.body


def test_a_reading_that_changes_enough_is_reported(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "viewer"}, reports=[alice])
    board.ask("sensor air 27.5")
    report = alice.next_message(board.jid, matching=lambda m: "27.5 °C" in m.body, deadline=20)
    assert report.child("sensml", SENML) is not None
    board.ask("fail air the wire is loose")
    assert alice.next_message(board.jid, matching=lambda m: "the wire is loose" in m.body, deadline=20)


def test_nobody_gets_reports_without_being_named(garden):
    garden.perch.ask("sensor air 27.5")
    garden.perch.ask(f"set door {1 - garden.perch.get('door')}")
    assert "27.5" in garden.say("read air")
    assert len(garden.alice.messages_from(garden.perch.jid)) == 1


def test_the_log_says_who_did_what(garden):
    garden.say("lamp on")
    reply = garden.say("log lamp")
    assert garden.alice.jid in reply or "alice" in reply
    assert "lamp" in reply and "on" in reply


def test_who_and_people_answer_an_admin(garden):
    assert garden.alice.jid in garden.say("people")
    assert garden.say("who")


def test_about_tells_version_and_kernel(garden):
    reply = garden.say("about")
    assert "erch" in reply and re.search(r"\d+\.\d+", reply)


def test_ping_and_uptime_answer(garden):
    assert garden.say("ping")
    assert garden.say("uptime")


def test_a_command_with_markup_and_odd_characters_does_no_harm(garden):
    for text in ("<lamp on>", "lamp\u0000 on".replace("\u0000", "\u200b"), "💡 on", "lamp on; lamp off", "yes 0000", "lamp on for 99999999999999999999min", "pulse lamp 0ms", "fan 400%"):
        assert garden.say(text)
        if len(garden.alice.messages_from(garden.perch.jid)) % 8 == 0:
            break
    assert garden.perch.process.running


def test_an_encrypted_message_gets_a_plain_hint_once(garden):
    xml = (
        "<message to='%s' type='chat' id='%s'><body>I sent you an OMEMO encrypted message</body>"
        "<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl' name='OMEMO'/>"
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted></message>")
    start = len(garden.alice.messages)
    garden.alice.send_raw(xml % (garden.perch.jid, "e1"))
    assert "encrypt" in garden.alice.next_message(garden.perch.jid, after=start).body.lower()
    start = len(garden.alice.messages)
    garden.alice.send_raw(xml % (garden.perch.jid, "e2"))
    garden.alice.send(garden.perch.jid, "lamp on")
    assert garden.alice.next_message(garden.perch.jid, after=start).body == "lamp is on"
