"""A session that is cut goes on where it stopped (XEP-0198 §5); where it cannot, a new one begins."""
import time

import pytest

from harness.process import Timeout
from harness.prosody import Prosody
from harness.relay import Relay


@pytest.fixture
def server(tmp_path, authority):
    """Keeps lost sessions no longer than offline-after allows."""
    with Prosody(tmp_path / "prosody", authority=authority, more="smacks_hibernation_time = 60\n") as server:
        yield server


@pytest.fixture
def relayed(server, person, perch):
    """A board behind a relay, with alice, who is its admin and gets its reports."""
    with Relay(server.port) as relay:
        class Relayed:
            alice = person("alice", server)

            def __init__(self):
                self.relay = relay
                self.board = perch(server, start=False, people={self.alice: "admin"}, reports=[self.alice])
                self.board.write(self.board.text().replace(f":{server.port}", f":{relay.port}"))
                self.board.start("--verbose").online()
                self.alice.subscribe(self.board.jid)
                self.alice.wait_presence(self.board.jid, "available")
                assert self.alice.say(self.board.jid, "lamp on") == "lamp is on"

            def come_back(self, position, how):
                """Wait until the board is online again, in a session of this kind."""
                line = self.board.process.wait_for_line(r"online as ", deadline=60, after=position)
                text = self.board.process.lines[position:]
                assert any("session resumed" in line for line in text) == (how == "resumed"), (line, text)
                # Until the server has answered what was sent after the interruption, a command may be an old one, and is refused.
                end = time.monotonic() + 30
                while not self.is_heard():
                    assert time.monotonic() < end

            def is_heard(self):
                try:
                    return self.alice.say(self.board.jid, "ping", deadline=3) == "pong"
                except Timeout:
                    return False  # several late messages get one answer
        yield Relayed()


def bodies(alice, position):
    return [message.body for message in alice.messages[position:] if message.body]


def test_a_session_that_is_cut_is_resumed_and_nobody_sees_it(relayed):
    alice, board = relayed.alice, relayed.board
    position, seen = len(board.process.lines), len(alice.presences)
    relayed.relay.cut()
    relayed.come_back(position, "resumed")
    assert alice.say(board.jid, "lamp off") == "lamp is off"
    assert "unavailable" not in [presence.type for presence in alice.presences[seen:]]


def test_what_was_on_its_way_arrives_once(relayed):
    alice, board = relayed.alice, relayed.board
    said, position = len(alice.messages), len(board.process.lines)
    relayed.relay.silence()
    board.ask("set door 0")
    board.process.wait_for_line(r"to .*door", after=position)
    relayed.relay.cut()
    relayed.relay.silence(False)
    relayed.come_back(position, "resumed")
    # The answer comes behind everything that was sent again.
    assert alice.say(board.jid, "ping")
    doors = [body for body in bodies(alice, said) if body.startswith("door")]
    assert len(doors) == 1, doors


def test_a_command_that_waited_for_the_board_is_not_carried_out(relayed):
    alice, board = relayed.alice, relayed.board
    said, position = len(alice.messages), len(board.process.lines)
    relayed.relay.silence()
    alice.send(board.jid, "lamp off")
    alice.query(relayed.board.jid.split("@")[1], "<ping xmlns='urn:xmpp:ping'/>")
    relayed.relay.cut()
    relayed.relay.silence(False)
    relayed.come_back(position, "resumed")
    alice.next_message(board.jid, after=said, matching=lambda message: "while I was offline; I did not do it" in (message.body or ""))
    assert board.get("lamp") == 1
    assert alice.say(board.jid, "lamp off") == "lamp is off"
    assert len([body for body in bodies(alice, said) if "I did not do it" in body]) == 1


def test_a_server_that_has_forgotten_the_session_gets_a_new_one(relayed, server):
    alice, board = relayed.alice, relayed.board
    position = len(board.process.lines)
    alice.disconnect()
    server.kill()
    board.process.wait_for_line(r"again in", after=position)
    server.start()
    seen = len(alice.presences)
    alice.connect()
    relayed.come_back(position, "new")
    alice.wait_presence(board.jid, "available", after=seen, deadline=60, matching=lambda presence: "lamp on" in (presence.status or ""))
    assert alice.say(board.jid, "lamp off") == "lamp is off"


def test_a_server_that_keeps_sessions_for_too_long_is_used_without(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "admin"})
    board.process.wait_for_line(r"for 10 min; offline-after leaves 1 min .* smacks_hibernation_time = 60")
    # Told and done before anybody has seen it.
    assert board.process.count(r"online as ") == 1
    assert board.process.count(r"smacks_hibernation_time") == 1
    assert board.process.count(r"offline: ") == 0
    assert alice.say(board.jid, "lamp on") == "lamp is on"
    about = alice.say(board.jid, "about")
    assert "after a power cut" in about.lower(), about


def test_what_was_learnt_of_the_server_is_kept(prosody, person, perch):
    alice = person("alice", prosody)
    board = perch(prosody, people={alice: "admin"})
    board.stop()
    board.start().online()
    assert board.process.count(r"smacks_hibernation_time") == 0
    assert alice.say(board.jid, "lamp on") == "lamp is on"
