"""A loop that is stuck tells the service manager nothing, and is killed for it; what else may be slow is no reason."""
import os
import signal

import pytest

from harness.manager import Manager
from harness.process import eventually

PATIENCE = 2  # seconds; the unit's is 30


@pytest.fixture
def watched(prosody, person, perch):
    """watched(more) is a board, online, under a service manager with a watchdog."""
    with Manager(watchdog=PATIENCE) as manager:
        def make(server=prosody, more=""):
            alice = person("alice", server)
            board = perch(server, start=False, people={alice: "admin"}, more=more)
            # Ordinary Swift would catch the signal that kills, to tell where it happened; Embedded Swift does not.
            board.environment.update(manager.environment, SWIFT_BACKTRACE="enable=no")
            board.manager, board.alice = manager, alice
            return board.start().online()
        yield make


def is_alive(manager):
    """As systemd sees it: never longer than its patience without a word, several times."""
    manager.forget()
    return all(manager.hears("WATCHDOG=1", PATIENCE) for _ in range(3))


def test_a_healthy_board_feeds_the_watchdog_in_time(watched):
    board = watched()
    board.manager.wait_for("READY=1")
    assert is_alive(board.manager)


def test_a_sensor_that_hangs_is_no_reason_to_restart(watched, tmp_path):
    fifo = tmp_path / "slow"
    os.mkfifo(fifo)
    board = watched(more=f"\n[sensor slow]\nsource = file:{fifo}\nreport = every 1min\n")
    assert is_alive(board.manager)


def test_a_server_that_hangs_is_no_reason_to_restart(own_prosody, watched):
    board = watched(own_prosody)
    os.kill(own_prosody.process.pid, signal.SIGSTOP)
    try:
        assert is_alive(board.manager)
    finally:
        os.kill(own_prosody.process.pid, signal.SIGCONT)


def test_a_loop_that_is_stuck_is_killed(watched):
    board = watched()
    assert is_alive(board.manager)
    # The next command is noted in a file, whose other end nobody opens: the loop itself waits for it.
    acted = os.path.join(board.state, "acted")
    if os.path.exists(acted):
        os.unlink(acted)
    os.mkfifo(acted)
    board.alice.send(board.jid, "lamp on")
    eventually(lambda: is_blocked(board.process.pid), what="a loop that hangs")
    board.manager.forget()
    assert not board.manager.hears("WATCHDOG=1", 2 * PATIENCE)
    # What systemd does then (WatchdogSignal=). Nothing holds it up.
    board.process.send_signal(signal.SIGABRT)
    assert board.process.wait(5) == -signal.SIGABRT


def test_a_process_that_is_stopped_is_noticed(watched):
    board = watched()
    assert is_alive(board.manager)
    board.process.send_signal(signal.SIGSTOP)
    try:
        board.manager.forget()
        assert not board.manager.hears("WATCHDOG=1", 2 * PATIENCE)
    finally:
        board.process.send_signal(signal.SIGCONT)
    assert is_alive(board.manager)


def is_blocked(pid):
    with open(f"/proc/{pid}/wchan") as file:
        return "wait_for_partner" in file.read()
