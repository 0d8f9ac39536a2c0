"""SIGTERM: what a contact sees, what the outputs do, and that it is over within 2 s whatever hangs."""
import os
import re
import signal
import socket
import time

import pytest

from harness.namespace import Namespace
from harness.process import eventually
from harness.prosody import Account
from harness.rogue import Rogue

LIMIT = 2


def stop(board, *signals):
    """Seconds from SIGTERM to the end, which is a clean one."""
    for number in signals:
        board.process.send_signal(number)
    begin = time.monotonic()
    board.process.send_signal(signal.SIGTERM)
    status = board.process.wait(30)
    took = time.monotonic() - begin
    assert status == 0, board.process.text()
    print(f"stopped after {took:.2f} s")
    return took


@pytest.mark.parametrize("announced, status", [
    ([], "stopped"), ([signal.SIGUSR1], "updating"), ([signal.SIGUSR2], "restarting"),
    ([signal.SIGUSR1, signal.SIGUSR2], "updating"), ([signal.SIGUSR2, signal.SIGUSR1], "updating")])
def test_contacts_see_why_the_board_went_away(garden, announced, status):
    garden.alice.subscribe(garden.perch.jid)
    garden.alice.wait_presence(garden.perch.jid, "available")
    for number in announced:
        garden.perch.process.send_signal(number)
    # What announces a stop is none.
    assert garden.say("lamp on") == "lamp is on"
    assert stop(garden.perch) < LIMIT
    gone = garden.alice.wait_presence(garden.perch.jid, "unavailable", matching=lambda seen: "/" in seen.sender)
    assert gone.status == status


def test_an_upgrade_touches_no_output_that_is_kept(prosody, person, perch):
    alice = person("alice", prosody)
    lines = "".join(
        f"[line {name}]\npin = {pin}\ndirection = output\n{more}\n" for name, pin, more in [
            ("pump", "GPIO17", "initial = restore\non-exit = keep"), ("fridge", "GPIO22", "initial = keep\non-exit = keep"),
            ("siren", "GPIO23", "initial = off\non-exit = off")])
    board = perch(prosody, start=False, people={alice: "operator"}, lines=lines)
    board.start("--verbose").online()
    for line in ("pump", "fridge", "siren"):
        assert alice.say(board.jid, f"{line} on") == f"{line} is on"
    assert alice.say(board.jid, "fridge off") == "fridge is off"
    before = len(board.process.lines)
    stop(board, signal.SIGUSR1)
    drives = [line for line in board.process.lines[before:] if " is driven " in line]
    assert [re.search(r"(\w+) is driven (\w+)", line).groups() for line in drives] == [("siren", "off")]
    board.start("--verbose").online()
    assert [board.get(line) for line in ("pump", "fridge", "siren")] == [1, 0, 0]
    # It came up as it was: nothing was switched after the claim.
    assert board.process.count(" is driven ") == 0


def test_a_stop_takes_no_time_while_all_is_well(garden):
    assert stop(garden.perch) < LIMIT


def test_a_server_that_does_not_answer_any_more_holds_up_no_stop(own_prosody, person, perch):
    board = perch(own_prosody)
    os.kill(own_prosody.process.pid, signal.SIGSTOP)
    try:
        assert stop(board) < LIMIT
    finally:
        os.kill(own_prosody.process.pid, signal.SIGCONT)


def test_a_sensor_that_hangs_holds_up_no_stop(prosody, perch, tmp_path):
    fifo = tmp_path / "slow"
    os.mkfifo(fifo)
    board = perch(prosody, more=f"\n[sensor slow]\nsource = file:{fifo}\nreport = every 1min\n")
    # The other end opens only while somebody reads, which is then stuck till we write.
    writer = eventually(lambda: _open_writer(fifo), what="a read of the sensor")
    try:
        assert stop(board) < LIMIT
    finally:
        os.close(writer)


def _open_writer(fifo):
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_a_disk_that_hangs_holds_up_no_stop(own_prosody, person, perch):
    alice = person("alice", own_prosody)
    board = perch(own_prosody, people={alice: "admin"}, reports=[alice])
    own_prosody.kill()
    board.process.wait_for_line("offline: ")
    journal = os.path.join(board.state, "journal")
    board.ask("sensor air 30")
    eventually(lambda: os.path.exists(journal) and b"air 30.0 " in open(journal, "rb").read(), what="the reading in the journal")
    # Opening it to write blocks, since nobody reads it.
    os.unlink(journal)
    os.mkfifo(journal)
    board.ask("sensor air 40")
    eventually(lambda: _is_stuck(board.process.pid), what="a write that hangs")
    assert stop(board) < LIMIT


def _is_stuck(pid):
    """Whether a thread waits for the other end of a FIFO."""
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/wchan") as file:
            if "wait_for_partner" in file.read():
                return True
    return False


def test_a_reconnect_under_way_holds_up_no_stop(prosody, perch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    board = perch(prosody, start=False)
    board.write(board.text().replace(f"127.0.0.1:{prosody.port}", f"127.0.0.1:{port}"))
    board.start().process.wait_for_line("trying again in")
    assert stop(board) < LIMIT


@pytest.mark.parametrize("direct", [False, True])
def test_a_login_that_the_server_leaves_half_done_holds_up_no_stop(perch, authority, direct):
    def silent(connection):
        # The stream header, or TLS's first message; and no word in reply.
        connection.expect(r"\x16\x03|<stream:stream")
        connection.expect_close(60)
    with Rogue(silent, authority.issue("garden.example"), authority.ca) as rogue:
        board = perch(rogue, start=False, board=Account("board@garden.example", "pw"), direct_tls=direct)
        board.start()
        assert rogue.wait_for_bytes(b"\x16\x03" if direct else b"<stream:stream")
        assert stop(board) < LIMIT


def test_a_name_server_that_does_not_answer_holds_up_no_stop(perch, authority, tmp_path):
    with Namespace(tmp_path, "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n") as namespace:
        def make():
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            made.bind(("127.0.0.1", 53))
            return made
        with namespace.socket(make) as silent:
            silent.settimeout(15)
            board = perch(None, start=False, board=Account("board@garden.example", "pw"), ca=authority.ca, inside=namespace)
            board.start()
            silent.recv(4096)
            assert stop(board) < LIMIT


def test_a_second_signal_waits_for_nothing(own_prosody, perch):
    board = perch(own_prosody)
    os.kill(own_prosody.process.pid, signal.SIGSTOP)
    try:
        board.process.send_signal(signal.SIGTERM)
        board.process.wait_for_line("stopping")
        assert stop(board) < 0.8
    finally:
        os.kill(own_prosody.process.pid, signal.SIGCONT)
