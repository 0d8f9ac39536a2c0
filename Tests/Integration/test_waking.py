"""A process that is stopped, a network that goes and comes back."""
import os
import re
import signal
import socket
import time

import pytest

from harness.namespace import Namespace
from harness.process import Timeout, eventually
from harness.prosody import Account
from harness.rogue import Rogue, mechanisms


def stopped(board):
    with open(f"/proc/{board.process.pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "T"


def test_what_was_said_while_the_process_was_stopped_is_not_done(garden):
    garden.say("lamp on")
    garden.say("lamp off")
    board, position = garden.perch, len(garden.alice.messages)
    board.process.send_signal(signal.SIGSTOP)
    try:
        while not stopped(board):
            pass
        garden.alice.send(board.jid, "lamp on")
        # The server has sent it by then: it answers in order.
        garden.alice.query(garden.server.domain, "<ping xmlns='urn:xmpp:ping'/>")
        time.sleep(2.5)  # that is what this is about
    finally:
        board.process.send_signal(signal.SIGCONT)
    reply = garden.alice.next_message(board.jid, after=position).body
    assert re.match(r"You said that .*; I did not do it\.", reply)
    assert board.get("lamp") == 0
    assert garden.say("lamp on") == "lamp is on"
    assert board.process.count("again in") == 0


def silent_server(account):
    def script(connection):
        connection.login(account)
        connection.expect_close(120)
    return script


class Cable:
    """A board at one end of a cable and a server at the other."""

    def __init__(self, folder, authority, perch):
        self.near, self.far = Namespace(folder), Namespace(folder)
        self.near.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        self.near.connect(self.far)
        account = Account("board@garden.example", "pw of board")
        self.server = Rogue(silent_server(account), authority.issue("garden.example"), authority.ca, self.far.listen("10.9.8.2"))
        self.board = perch(self.server, start=False, board=account, direct_tls=True, inside=self.near)
        self.board.write(self.board.text().replace("tls:127.0.0.1:", "tls:10.9.8.2:"))

    def probes(self):
        return len(re.findall(rb"urn:xmpp:ping|<r xmlns", self.server.bytes))

    def wait_for_probe(self, known, deadline=5):
        with self.server._changed:
            assert self.server._changed.wait_for(lambda: self.probes() > known, deadline), "no probe came"

    def close(self):
        self.server.close()
        self.near.close()
        self.far.close()


@pytest.fixture
def cable(tmp_path, authority, perch):
    made = Cable(tmp_path, authority, perch)
    yield made
    made.close()


def test_a_change_of_the_network_is_followed_by_a_probe(cable):
    cable.board.start().online()
    known = cable.probes()
    cable.near.run("ip", "address", "add", "10.9.7.1/24", "dev", "cable")
    cable.wait_for_probe(known)


def test_a_renewed_lease_and_loopback_are_not_changes(cable):
    cable.near.run("ip", "address", "change", "10.9.8.1/24", "dev", "cable", "valid_lft", "7200", "preferred_lft", "7200")
    cable.board.start("--verbose").online()
    time.sleep(1.5)  # the lease is renewed more than a second after it was given
    cable.near.run("ip", "address", "change", "10.9.8.1/24", "dev", "cable", "valid_lft", "3600", "preferred_lft", "3600")
    cable.near.run("ip", "address", "add", "127.0.0.9/8", "dev", "lo")
    cable.near.run("ip", "neighbour", "add", "10.9.8.77", "lladdr", "02:00:00:00:00:01", "dev", "cable")
    with pytest.raises(Timeout):  # a negative needs a window
        cable.board.process.wait_for_line("the network has changed", deadline=1.5)


def test_a_lost_address_ends_the_connection_at_once(cable):
    cable.board.start().online()
    cable.near.run("ip", "address", "add", "10.9.8.3/24", "dev", "cable")
    cable.near.run("ip", "address", "delete", "10.9.8.1/24", "dev", "cable")
    try:
        cable.near.run("ip", "address", "add", "10.9.8.3/24", "dev", "cable")  # it goes with the first where that is its primary
    except RuntimeError:
        pass
    cable.server.wait_for_connections(2, deadline=6)


def test_a_link_that_comes_up_ends_the_pause(cable):
    cable.near.run("ip", "link", "set", "cable", "down")
    cable.board.start()
    position, pause = 0, 0
    while pause < 4:  # seconds: then the next one is longer than what the test waits for
        match = cable.board.process.wait_for_line(r"again in ([\d.]+) s\b", deadline=20, after=position)
        pause = float(match[1])
        position = next(number for number, line in enumerate(cable.board.process.lines) if number >= position and match[0] in line) + 1
    start = time.monotonic()
    cable.near.run("ip", "link", "set", "cable", "up")
    cable.server.wait_for_connections(1, deadline=4)
    assert time.monotonic() - start < min(pause, 3)
    cable.board.online()


def test_a_link_that_flaps_does_not_make_it_hammer(cable):
    """Nobody answers at the other end, and the near end changes all the time: one attempt in five seconds at most."""
    cable.board.write(cable.board.text().replace(f"tls:127.0.0.1:{cable.server.port}", "tls:10.9.8.2:1"))
    cable.board.start()
    cable.board.process.wait_for_line("again in")
    start = time.monotonic()
    for number in range(60):
        cable.near.run("ip", "address", "add" if number % 2 == 0 else "delete", "10.9.7.1/24", "dev", "cable")
        time.sleep(0.15)
    took = time.monotonic() - start
    # Without changes it would have tried after 1, 2, 4 s ….
    assert cable.board.process.count("again in") <= 1 + 3 + took / 5 + 1


# MARK: The end, whatever is under way

def hang_up(connection):
    pass


def say_nothing(connection):
    connection.expect_close(60)


def stop_after_tls(connection):
    connection.start_tls()
    connection.expect_close(60)


def stop_in_the_login(connection):
    connection.start_tls()
    connection.open_stream(mechanisms("SCRAM-SHA-256"))
    connection.expect("<auth")
    connection.rogue.note(b"(auth came)")
    connection.expect_close(60)


def bound(address, port):
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address, port))
    return made


def knock(port):
    """One that fills the queue of a listener that accepts nobody; the kernel drops what comes after it."""
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    return client


@pytest.mark.parametrize("script, direct_tls", [
    (hang_up, True), (say_nothing, False), (say_nothing, True), (stop_after_tls, True), (stop_in_the_login, True),
], ids=["waiting", "no stream", "no handshake", "no stream under TLS", "no answer to the login"])
def test_it_stops_within_two_seconds_while_it_is_not_online(script, direct_tls, authority, perch):
    account = Account("board@garden.example", "pw of board")
    with Rogue(script, authority.issue("garden.example"), authority.ca) as server:
        board = perch(server, start=False, board=account, direct_tls=direct_tls).start()
        server.wait_for_connections(1)
        if script is hang_up:
            board.process.wait_for_line("again in")
        elif script is stop_in_the_login:
            assert server.wait_for_bytes(b"(auth came)")
        start = time.monotonic()
        board.process.send_signal(signal.SIGTERM)
        assert board.process.wait(5) == 0
        assert time.monotonic() - start < 2


def test_it_stops_within_two_seconds_while_it_connects_or_asks_dns(authority, perch, tmp_path):
    """A server that drops what comes, and a name server that does not answer."""
    with Namespace(tmp_path, resolver="nameserver 127.0.0.7\n") as namespace:
        mute = namespace.socket(lambda: bound("127.0.0.7", 53))
        listener = namespace.socket(lambda: socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listener.getsockname()[1]
        knocking = [namespace.socket(lambda: knock(port)) for _ in range(3)]
        boards = []
        for address in ("", f"server = 127.0.0.1:{port}\n"):
            board = perch(None, start=False, board=Account("board@garden.example", "pw of board"), ca=authority.ca, inside=namespace, account=address)
            boards.append(board.start("--verbose"))
            eventually(lambda: os.path.exists(board.control), what="the control socket")
            board.ask("list")  # answered by the loop, which begins to connect before it runs
        for board in boards:
            start = time.monotonic()
            board.process.send_signal(signal.SIGTERM)
            assert board.process.wait(5) == 0
            assert time.monotonic() - start < 2
            assert board.process.count("again in") == 0
        for end in [mute, listener, *knocking]:
            end.close()
