"""perch as processes: the daemon on a simulated board, and one-shot commands."""
import os
import signal
import socket
import subprocess
import tempfile

from .process import TOP, Process


def program():
    """The perch to test: $PERCH, else the ordinary debug build."""
    path = os.path.join(TOP, os.environ.get("PERCH", ".build/debug/perch"))
    if not os.access(path, os.X_OK):
        raise AssertionError(f"there is no program {path}; `make build` makes it")
    return path


def secret_file(folder, account, mode=0o600):
    """A password file that `perch` accepts."""
    path = os.path.join(str(folder), f"password-{account.local}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(account.password + "\n")
    os.chmod(path, mode)
    return path


def run(*words, input=None, timeout=30, env=None):
    """Run a perch command to its end; a CompletedProcess with text."""
    return subprocess.run(
        [program(), *words], input=input, stdin=subprocess.DEVNULL if input is None else None, capture_output=True, text=True,
        timeout=timeout, cwd=TOP, env={**os.environ, "PERCH_DATA": os.path.join(TOP, "devices"), **(env or {})})


def control(path, request):
    """One request to the control socket of a simulated board, one answer."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(path)
        client.sendall(request.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            piece = client.recv(4096)
            if not piece:
                break
            answer += piece
    return answer.decode().strip()


DEFAULT_LINES = """
[line lamp]
pin = GPIO17
part = relay
initial = off
on-exit = off
tags = lights

[line fan]
pin = GPIO22
part = relay
initial = off
tags = lights

[line door]
pin = GPIO27
part = contact
report = change

[sensor air]
part = ds18b20
source = simulated:air
report = change 0.5 every 1s..15min
"""


class Perch:
    """The daemon with a configuration in `folder`.

    `inside` is a Namespace to run in; `server` None leaves finding it to DNS, and then `ca` is needed.
    `certificate` is the path of a client certificate with its key, which then takes the password's place.
    `people` maps a Person, an Account or text to a role. `account` and `more` are lines for [account] and whole sections.
    """

    def __init__(self, folder, board, server, people=None, reports=(), account="", lines=DEFAULT_LINES, more="", direct_tls=False, ca=None, inside=(),
                 certificate=None):
        self.folder, self.board = str(folder), board
        os.makedirs(self.folder, exist_ok=True)
        self.config = os.path.join(self.folder, "perch.conf")
        self.state = os.path.join(self.folder, "state")
        os.makedirs(self.state, exist_ok=True)
        # A Unix socket's path has at most 107 bytes, and a test's folder may be deep.
        self._short = tempfile.TemporaryDirectory(prefix="perch.")
        self.control = os.path.join(self._short.name, "control")
        self.server, self.direct_tls, self.ca = server, direct_tls, ca or server.ca
        self.inside = inside.inside if inside else []
        self.certificate = certificate
        self.people, self.reports = dict(people or {}), list(reports)
        self.account, self.lines, self.more = account, lines, more
        self.environment = {"NOTIFY_SOCKET": "", "JOURNAL_STREAM": ""}
        self.process = None
        self.write()

    @property
    def jid(self):
        return self.board.jid

    @staticmethod
    def _jid(who):
        return getattr(who, "jid", who)

    def text(self):
        address = ""
        if self.server:
            host = getattr(self.server, "address", "127.0.0.1")
            address = "server = " + (f"tls:{host}:{self.server.direct_port}" if self.direct_tls else f"{host}:{self.server.port}") + "\n"
        ca = f"tls-ca = {self.ca}\n" if self.ca else ""
        people = "".join(f"{self._jid(who)} = {role}\n" for who, role in self.people.items())
        reports = "[reports]\nto = " + " ".join(self._jid(who) for who in self.reports) + "\n" if self.reports else ""
        secret = f"certificate = {self.certificate}" if self.certificate else f"password-file = {secret_file(self.folder, self.board)}"
        return f"[account]\njid = {self.board.jid}\n{secret}\n" + address + ca + self.account + f"\n[people]\n{people}\n[board]\nprofile = simulated\ncontrol = {self.control}\n" + self.lines + self.more + reports

    def write(self, text=None):
        with open(self.config, "w") as file:
            file.write(self.text() if text is None else text)

    def start(self, *words):
        """Start it, without waiting for anything."""
        self.process = Process(
            [*self.inside, program(), "run", "--config", self.config, "--state", self.state, *words], cwd=TOP, name="perch",
            env={"PERCH_DATA": os.path.join(TOP, "devices"), **self.environment})
        return self

    def online(self, deadline=30):
        """Wait until it says that it is online, and the server has its presence: what comes earlier is stored as for
        somebody offline, and rightly not carried out."""
        self.process.wait_for_line(r"online as ", deadline)
        if hasattr(self.server, "wait_for_presence"):
            self.server.wait_for_presence(self.board)
        return self

    def reload(self):
        """Ask for the configuration to be read again; the position in the output from where its outcome is told."""
        position = len(self.process.lines)
        self.process.send_signal(signal.SIGHUP)
        return position

    def ask(self, request):
        """One request to the simulated board, one answer."""
        return control(self.control, request)

    def get(self, line):
        """The level of a line as the hardware would show it: 0 or 1."""
        return int(self.ask(f"get {line}"))

    def memory(self):
        """Resident and private dirty memory in KB."""
        with open(f"/proc/{self.process.pid}/smaps_rollup") as file:
            values = {line.split(":")[0]: int(line.split()[1]) for line in file if line.rstrip().endswith("kB")}
        return values["Rss"], values["Private_Dirty"]

    def stop(self, number=signal.SIGTERM):
        if self.process:
            self.process.stop(number)

    def close(self):
        self.stop()
        self._short.cleanup()

    def __enter__(self):
        return self.start().online()

    def __exit__(self, *_):
        self.close()
