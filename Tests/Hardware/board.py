"""perch as a process on the lines of this machine, with alice as its admin."""
import os
import re
import shutil
import signal
import subprocess
import time

from harness.process import Process, eventually

# An emulated processor next to other work is some thirty times slower than this machine.
PATIENCE = int(os.environ.get("PERCH_PATIENCE", 180))
TOO_FAST = "That is too fast for me"


class Board:
    """perch with its configuration and state, from `start` on, as a process."""

    def __init__(self, folder, program, prosody, account, alice):
        self.folder, self.program, self.prosody, self.account, self.alice = folder, program, prosody, account, alice
        self.config, self.state = str(folder / "perch.conf"), str(folder / "state")
        self.process = None
        #: Where it finds its server: in between may stand a relay.
        self.server = prosody.server
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
server = {self.server}
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

    @property
    def is_seen(self):
        """What alice's roster shows."""
        shown = [presence.type for presence in self.alice.presences
                 if presence.bare == self.account.jid and presence.type in ("available", "unavailable")]
        return shown[-1:] == ["available"]

    def wait_until_seen(self, seen=True):
        eventually(lambda: self.is_seen == seen, PATIENCE, f"the board {'on' if seen else 'off'}line")

    def ask(self, text, expect=None):
        """Say `text` and return the answer, which contains `expect`. Said again when that was too fast: 10 commands in 10 s are the limit."""
        while True:
            before = len(self.alice.messages)
            self.alice.send(self.account.jid, text)
            wanted = (lambda message: True) if expect is None else (lambda message: expect in message.body or TOO_FAST in message.body)
            try:
                answer = self.alice.next_message(self.account.jid, after=before, deadline=PATIENCE, matching=wanted).body
            except AssertionError as problem:
                raise AssertionError(f"{problem}\nperch said:\n{self.process.text()}") from None
            if TOO_FAST not in answer:
                return answer
            time.sleep(int(re.search(r"again in (\d+) s", answer)[1]))

    def ask_until(self, text, beginning):
        """Ask again and again until the answer begins so: for what perch looks at in its own time."""
        end = time.monotonic() + PATIENCE
        while not (answer := self.ask(text)).startswith(beginning):
            assert time.monotonic() < end, f"still {answer!r}"
            time.sleep(1)
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
