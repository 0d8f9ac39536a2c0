import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

if "GPIO_VM" not in os.environ:
    pytest.exit("these tests run in a virtual machine: start them with Tests/Hardware/run", returncode=4)

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "Integration")]

from harness.authority import Authority  # noqa: E402
from harness.person import Person  # noqa: E402
from harness.process import Process  # noqa: E402
from harness.prosody import Prosody  # noqa: E402
from kernel import Line, Trace  # noqa: E402

# An emulated processor next to other work is some thirty times slower than this machine.
PATIENCE = 180

SYSROOT = os.environ["PERCH_SYSROOT"]
PROGRAMS = {
    "libgpiod 1.6": [os.environ["PERCH"]],
    # Debian 13's program with Debian 13's libraries, on this machine's kernel and files.
    "libgpiod 2": [
        SYSROOT + "/lib64/ld-linux-x86-64.so.2", "--library-path", SYSROOT + "/usr/lib/x86_64-linux-gnu", os.environ["PERCH_GPIOD2"]],
}


@pytest.fixture(scope="session", params=list(PROGRAMS))
def library(request):
    return request.param


@pytest.fixture(scope="session")
def program(library):
    """The command that is perch."""
    return PROGRAMS[library]


@pytest.fixture(scope="session")
def prosody(tmp_path_factory):
    with Prosody(tmp_path_factory.mktemp("prosody"), authority=Authority(tmp_path_factory.mktemp("authority"))) as server:
        yield server


@pytest.fixture(scope="session")
def account(prosody):
    """The board's."""
    return prosody.account("greenhouse")


@pytest.fixture(scope="session")
def alice(prosody, account):
    """Online all the time, with the board in her roster."""
    somebody = Person(prosody.account("alice"), prosody)
    somebody.connect(deadline=PATIENCE)
    somebody.subscribe(account.jid)
    yield somebody
    somebody.disconnect()


@pytest.fixture(autouse=True)
def trace():
    return Trace()


class Board:
    """perch with its configuration and state, from `start` on, as a process."""

    def __init__(self, folder, program, prosody, account, alice):
        self.folder, self.program, self.prosody, self.account, self.alice = folder, program, prosody, account, alice
        self.config, self.state = str(folder / "perch.conf"), str(folder / "state")
        self.process = None
        password = folder / "password"
        password.write_text(account.password + "\n")
        password.chmod(0o600)
        os.makedirs(self.state, exist_ok=True)
        # Beside the rest, because pytest's folders are closed to others and a test runs perch as nobody.
        self.ca = shutil.copy(prosody.ca, folder)

    pid = property(lambda self: self.process.pid)

    def configure(self, lines):
        """Write perch.conf: an account, alice as its admin, and these lines of a Raspberry Pi 3."""
        with open(self.config, "w") as file:
            file.write(f"""\
[account]
jid = {self.account.jid}
password-file = {self.folder}/password
server = {self.prosody.server}
tls-ca = {self.ca}

[board]
profile = raspberry-pi-3

[people]
{self.alice.jid} = admin

[reports]
to = {self.alice.jid}

""" + lines)

    def start(self, lines=None):
        """Returns when alice sees the board online."""
        if lines is not None:
            self.configure(lines)
        seen = len(self.alice.presences)
        self.process = Process([*self.program, "run", "--config", self.config, "--state", self.state], name="perch")
        try:
            self.alice.wait_presence(self.account.jid, after=seen, deadline=PATIENCE)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\nperch said:\n{self.process.text()}") from None
        return self

    def ask(self, text, expect=None):
        """Say `text` and return the answer, which contains `expect`."""
        before = len(self.alice.messages)
        self.alice.send(self.account.jid, text)
        wanted = (lambda message: True) if expect is None else (lambda message: expect in message.body)
        try:
            return self.alice.next_message(self.account.jid, after=before, deadline=PATIENCE, matching=wanted).body
        except AssertionError as problem:
            raise AssertionError(f"{problem}\nperch said:\n{self.process.text()}") from None

    def ask_until(self, text, beginning):
        """Ask again and again until the answer begins so: for what perch looks at in its own time."""
        end = time.monotonic() + PATIENCE
        while not (answer := self.ask(text)).startswith(beginning):
            assert time.monotonic() < end, f"still {answer!r}"
            time.sleep(2)  # more than 10 commands in 10 s are refused
        return answer

    def terminate(self):
        """As `systemctl stop` does; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self):
        """As the out-of-memory killer does."""
        seen = len(self.alice.presences)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.alice.wait_presence(self.account.jid, "unavailable", after=seen, deadline=PATIENCE)

    def command(self, *words, **options):
        """Run another subcommand to its end: (status, standard output, standard error)."""
        done = subprocess.run(
            [*self.program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, **options)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def board(tmp_path, program, prosody, account, alice):
    board = Board(tmp_path, program, prosody, account, alice)
    yield board
    if board.process and board.process.running:
        seen = len(alice.presences)
        board.process.stop(deadline=PATIENCE)
        # The next test waits for the board to come; so it must be gone first.
        if not any(presence.type == "unavailable" for presence in alice.presences[seen:]):
            alice.wait_presence(account.jid, "unavailable", after=seen, deadline=PATIENCE)


@pytest.fixture
def line():
    """line("GPIO17"), line("expander", 2): left as found, pulled to ground."""
    used = []

    def make(name, offset=None):
        used.append(Line(name, offset))
        return used[-1]
    yield make
    for each in used:
        each.connect(0)
