"""Reports while the server is away: each arrives, once, in order, with its time; also when perch or the disk has had an accident."""
import datetime
import os
import resource
import signal
import time

import pytest

from harness.process import eventually
from harness.relay import Relay

DELAY, ORIGIN, SENML = "urn:xmpp:delay", "urn:xmpp:sid:0", "urn:ietf:params:xml:ns:senml"

SENSOR = """
[line lamp]
pin = GPIO17
initial = off
on-exit = keep

[line door]
pin = GPIO27
part = contact
report = change

[sensor air]
source = simulated:air
unit = °C
report = change 0.5 every 1s..15min
"""


@pytest.fixture
def hut(own_prosody, person, perch):
    """A board that reports to alice, who is its admin, on a server that may be stopped."""
    class Hut:
        server = own_prosody
        alice = person("alice", own_prosody)

        def __init__(self):
            self.board = perch(own_prosody, people={self.alice: "admin"}, reports=[self.alice], lines=SENSOR)
            self.alice.next_message(self.board.jid, matching=lambda message: message.body.startswith("air "))

        def journal(self):
            try:
                with open(os.path.join(self.board.state, "journal"), "rb") as file:
                    return file.read()
            except FileNotFoundError:
                return b""

        def lose_server(self, kill=False):
            # Nothing of before may be under way: the board has emptied its hands.
            position = len(self.board.process.lines)
            self.server.kill() if kill else self.server.stop()
            self.alice.disconnect()
            self.board.process.wait_for_line("offline: ", after=position)

        def measure(self, *values):
            """Readings, each of them in the journal before the next is made."""
            for value in values:
                self.board.ask(f"sensor air {value}")
                eventually(lambda: f"air {value}.0 ".encode() in self.journal(), what=f"the reading {value} in the journal")

        def back(self):
            self.server.start()
            self.alice.connect()

        def reports(self, after):
            """What came from position `after` on. What came before with the same id is the same: nobody told the board that it had arrived."""
            messages = self.alice.messages_from(self.board.jid)
            known = {message.id for message in messages[:after]}
            return [message for message in messages[after:] if message.id not in known]
    return Hut()


def stamp(message):
    delay = message.child("delay", DELAY)
    assert delay is not None, message.body
    return datetime.datetime.fromisoformat(delay.get("stamp").replace("Z", "+00:00"))


def check(messages, texts):
    """These texts in this order, each once, each with a stamp of its own time and an id that survives."""
    assert [message.body for message in messages] == texts
    assert [message.child("origin-id", ORIGIN).get("id") for message in messages] == [message.id for message in messages]
    assert len({message.id for message in messages}) == len(texts)
    stamps = [stamp(message) for message in messages]
    assert stamps == sorted(stamps)


def texts(*values):
    return [f"air {value}.0 °C" for value in values]


def test_readings_of_while_the_server_was_down_arrive_in_order_once_with_their_time(hut):
    position = len(hut.alice.messages_from(hut.board.jid))
    hut.lose_server()
    begin = datetime.datetime.now(datetime.timezone.utc)
    hut.measure(25, 26, 27)
    door = hut.board.get("door")
    hut.board.ask(f"set door {1 - door}")
    hut.measure(28)
    end = datetime.datetime.now(datetime.timezone.utc)
    hut.back()
    hut.alice.next_message(hut.board.jid, after=0, deadline=60, matching=lambda message: message.body == "air 28.0 °C")
    messages = hut.reports(position)
    assert [m for m in texts(25, 26, 27)] == [m.body for m in messages[:3]]
    assert messages[3].body in ("door is open", "door is closed") and messages[4].body == "air 28.0 °C"
    check(messages, [m.body for m in messages])
    second = datetime.timedelta(seconds=1)
    assert all(begin - second <= stamp(message) <= end + second for message in messages)
    record = messages[0].child("sensml", SENML)[0]
    assert abs(float(record.get("t")) - stamp(messages[0]).timestamp()) < 0.01
    # Delivered is delivered: the file is empty, and nothing comes again.
    eventually(lambda: hut.journal() == b"", what="an empty journal")
    assert hut.alice.say(hut.board.jid, "ping") == "pong"
    assert len(hut.reports(position)) == len(messages) + 1


def test_readings_outlast_a_kill_of_perch(hut):
    position = len(hut.alice.messages_from(hut.board.jid))
    hut.lose_server(kill=True)
    hut.measure(25, 26)
    hut.board.stop(signal.SIGKILL)
    hut.board.start()
    hut.board.process.wait_for_line("[23] reports of the last run will be delivered")
    hut.board.process.wait_for_line("offline: |cannot connect")
    hut.measure(27)
    hut.back()
    hut.alice.next_message(hut.board.jid, deadline=60, matching=lambda message: message.body == "air 27.0 °C")
    messages = hut.reports(position)
    # The first reading of a run is told as well: the simulated sensor begins somewhere.
    assert [message.body for message in messages[:2]] == texts(25, 26)
    assert messages[-1].body == "air 27.0 °C"
    assert len({message.id for message in messages}) == len(messages)
    stamps = [stamp(message) for message in messages]
    assert stamps == sorted(stamps)


def test_a_clean_stop_while_offline_keeps_what_was_not_delivered(hut):
    position = len(hut.alice.messages_from(hut.board.jid))
    hut.lose_server()
    hut.measure(25, 26)
    hut.board.stop()
    hut.back()
    hut.board.start().online(60)
    hut.alice.next_message(hut.board.jid, deadline=30, matching=lambda message: message.body == "air 26.0 °C")
    assert [message.body for message in hut.reports(position)[:2]] == texts(25, 26)


def test_a_damaged_journal_is_told_and_the_rest_delivered(hut):
    position = len(hut.alice.messages_from(hut.board.jid))
    hut.lose_server()
    hut.measure(25, 26)
    hut.board.stop(signal.SIGKILL)
    with open(os.path.join(hut.board.state, "journal"), "ab") as file:
        file.write(b"\xa5\x00half a rec")
    hut.board.start()
    hut.board.process.wait_for_line(r"the journal was damaged: 12 bytes at its end, .* [23] reports could be saved")
    hut.back()
    hut.alice.next_message(hut.board.jid, deadline=60, matching=lambda message: message.body == "air 26.0 °C")
    assert [message.body for message in hut.reports(position)[:2]] == texts(25, 26)




def test_a_full_disk_is_told_once_shown_in_presence_and_noticed_when_it_is_over(hut):
    """No file of the process may grow beyond 300 bytes: the journal is at its end after a few readings."""
    position = len(hut.alice.messages_from(hut.board.jid))
    hut.alice.subscribe(hut.board.jid)
    hut.alice.wait_presence(hut.board.jid)
    hut.lose_server()
    resource.prlimit(hut.board.process.pid, resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
    for value in range(25, 35):
        hut.board.ask(f"sensor air {value}")
        time.sleep(1.05)  # the sensor's shortest interval
    hut.board.process.wait_for_line(r"cannot write .*journal: file too large; what is not delivered is kept in memory")
    assert hut.board.process.running
    presence = len(hut.alice.presences)
    hut.back()
    hut.alice.wait_presence(hut.board.jid, after=presence, deadline=60, matching=lambda p: p.show == "away" and "disk full" in (p.status or ""))
    hut.alice.next_message(hut.board.jid, deadline=30, matching=lambda message: message.body == "air 34.0 °C")
    assert [message.body for message in hut.reports(position)] == texts(*range(25, 35))
    assert hut.board.process.is_said_once("file too large")
    # Tried again every half minute.
    resource.prlimit(hut.board.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    presence = len(hut.alice.presences)
    hut.board.process.wait_for_line("the journal can be written again", 45)
    hut.alice.wait_presence(hut.board.jid, after=presence, matching=lambda p: p.show is None)


def test_a_command_that_is_delivered_again_after_a_crash_is_not_done_again(hut):
    """As a server does that never saw the acknowledgement: the same stanza, now to the next run."""
    hut.alice.send(hut.board.jid, "toggle lamp", id="once")
    hut.alice.next_message(hut.board.jid, matching=lambda message: message.body == "lamp is on")
    hut.board.stop(signal.SIGKILL)
    hut.board.start().online()
    assert hut.board.get("lamp") == 0
    said = len(hut.alice.messages)
    hut.alice.send(hut.board.jid, "toggle lamp", id="once")
    hut.alice.send(hut.board.jid, "ping")
    hut.alice.next_message(hut.board.jid, after=said, matching=lambda message: message.body == "pong")
    assert hut.board.get("lamp") == 0
    said = len(hut.alice.messages)
    hut.alice.send(hut.board.jid, "toggle lamp", id="twice")
    hut.alice.next_message(hut.board.jid, after=said, matching=lambda message: message.body == "lamp is on")
    assert hut.board.get("lamp") == 1


def wrapped(who, board, kind):
    """A copy of `lamp on` as archives, carbons and forwards wrap it."""
    inner = f"<message xmlns='jabber:client' from='{who}/x' to='{board}' type='chat' id='inner'><body>lamp on</body></message>"
    forwarded = f"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>{inner}</forwarded>"
    return {
        "archive": f"<result xmlns='urn:xmpp:mam:2' id='1'>{forwarded}</result>",
        "sent carbon": f"<sent xmlns='urn:xmpp:carbons:2'>{forwarded}</sent>",
        "received carbon": f"<received xmlns='urn:xmpp:carbons:2'>{forwarded}</received>",
        "forwarded": forwarded,
        "forwarded with the text once more": forwarded + "<body>lamp on</body>",
    }[kind]


@pytest.mark.parametrize("kind", ["archive", "sent carbon", "received carbon", "forwarded", "forwarded with the text once more"])
def test_wrapped_copies_of_a_command_are_not_commands(garden, kind):
    board, alice = garden.perch, garden.alice
    alice.send_raw(f"<message to='{board.jid}' type='chat' id='outer'>{wrapped(alice.jid, board.jid, kind)}</message>")
    assert garden.say("ping") == "pong"
    assert board.get("lamp") == 0


def test_commands_that_waited_in_the_server_are_not_done(hut):
    """Offline storage: the server keeps them while the board is away and says since when."""
    hut.board.stop()
    hut.alice.send(hut.board.jid, "lamp on", id="late")
    position = len(hut.alice.messages)
    hut.board.start().online()
    answer = hut.alice.next_message(hut.board.jid, after=position, matching=lambda message: "while I was offline" in message.body)
    assert answer and hut.board.get("lamp") == 0


def test_readings_over_a_link_that_breaks_again_and_again_arrive_once_and_in_order(own_prosody, person, perch):
    """Cut in the open, and with what is on its way swallowed: nobody sees the seam."""
    alice = person("alice", own_prosody)
    with Relay(own_prosody.port) as relay:
        board = perch(own_prosody, start=False, people={alice: "admin"}, reports=[alice], lines=SENSOR)
        board.write(board.text().replace(f":{own_prosody.port}", f":{relay.port}"))
        board.start().online()
        alice.next_message(board.jid, matching=lambda message: message.body.startswith("air "))
        start = len(alice.messages_from(board.jid))
        for value in range(30, 42):
            if value % 3 == 0:
                relay.silence()
            time.sleep(1.05)  # the sensor's shortest interval: each value is a report
            board.ask(f"sensor air {value}")
            if value % 3 != 1:
                relay.cut()
                relay.silence(False)
        alice.next_message(board.jid, deadline=60, matching=lambda message: message.body == "air 41.0 °C")
        # A session that could not be resumed sends again what it was not told to have arrived, under the same id.
        messages = {message.id: message.body for message in alice.messages_from(board.jid)}
        assert list(messages.values())[start:] == texts(*range(30, 42))
