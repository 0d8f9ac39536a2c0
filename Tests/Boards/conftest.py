import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "Integration")]

from connected import CONNECTED, Connected  # noqa: E402
from guest import Guest  # noqa: E402
from harness.prosody import Prosody  # noqa: E402

# What was measured, for the end of the output.
FIGURES = []


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    guest = Guest(str(tmp_path_factory.mktemp("board") / "console.log"))
    guest.read("mount -t debugfs d /sys/kernel/debug")
    guest.read("mkdir -p /state; echo secret > /password; chmod 600 /password")
    yield guest
    guest.close()


class Board:
    """perch on the machine, with one configuration file."""

    def __init__(self, guest):
        self.guest = guest

    def configure(self, text):
        self.guest.write("/perch.conf", f"""\
[account]
jid = board@example.org
password-file = /password
server = 127.0.0.1

[people]
alice@example.org = admin

{text}""")

    def check(self, text):
        """`perch check` of a configuration with these sections."""
        self.configure(text)
        return self.guest.run("perch check --config /perch.conf")

    def start(self, text):
        """Start `perch run` and wait until it holds its lines and looks for its server."""
        self.configure(text)
        self.guest.read("perch run --config /perch.conf --state /state > /log 2>&1 & echo $! > /pid")
        self.guest.wait_for("cat /log", "cannot reach 127.0.0.1:5222")

    def log(self):
        return self.guest.read("cat /log")

    def end(self, signal):
        """Send a signal; perch's exit status."""
        return self.guest.run(f"kill -{signal} $(cat /pid); wait $(cat /pid)").status


@pytest.fixture
def board(machine):
    yield Board(machine)
    machine.run("kill -KILL $(cat /pid); wait $(cat /pid); rm -f /pid /state/*")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with Prosody(tmp_path_factory.mktemp("prosody")) as prosody:
        yield prosody


@pytest.fixture(scope="session", params=CONNECTED)
def connected(request, tmp_path_factory, server):
    """Each machine with a network in its turn, with perch online; one at a time, because the tests of one come together."""
    one = Connected(request.param, tmp_path_factory.mktemp(request.param), server)
    try:
        yield one.start()
    finally:
        one.close()


@pytest.fixture(scope="session")
def figures():
    return FIGURES.append


def pytest_terminal_summary(terminalreporter):
    for line in FIGURES:
        terminalreporter.write_line(line)
