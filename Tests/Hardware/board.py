"""perch as a process on the lines of this machine, with alice as its admin."""
import os
import shutil
import signal
import subprocess

from contact import PATIENCE, Contact
from harness.process import Process


class Board(Contact):
    """perch with its configuration and state, from `start` on, as a process."""

    def __init__(self, folder, program, prosody, account, alice):
        super().__init__(account, alice)
        self.folder, self.program, self.prosody = folder, program, prosody
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
        seen = self.seen()
        self.process = Process([*self.program, "run", "--config", self.config, "--state", self.state], name="perch")
        self.wait_presence(after=seen)
        return self

    def log(self):
        return self.process.text()

    def terminate(self):
        """As `systemctl stop` does; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self):
        """As the out-of-memory killer does."""
        seen = self.seen()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.wait_presence("unavailable", seen)

    def command(self, *words, **options):
        """Run another subcommand to its end: (status, standard output, standard error)."""
        done = subprocess.run(
            [*self.program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, **options)
        return done.returncode, done.stdout, done.stderr
