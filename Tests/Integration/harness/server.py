"""What every private XMPP server of the tests has in common."""
import itertools
import os
import signal
import socket

from .authority import Authority
from .process import Process, Timeout
from .root import SUITES, inside, root_of

_serial = itertools.count(1)


class Account:
    def __init__(self, jid, password):
        self.jid, self.password = jid, password

    @property
    def local(self):
        return self.jid.split("@")[0]

    def __repr__(self):
        return self.jid


def free_port(address="127.0.0.1"):
    """A TCP port that the kernel says is free now."""
    with socket.socket() as listener:
        listener.bind((address, 0))
        return listener.getsockname()[1]


class Server:
    """`port` takes STARTTLS, `direct_port` direct TLS, both on `address` only. `release` is one that SUITES knows; without
    it, what this machine has. `more` is configuration of the server's own kind.

    Runs as whoever runs the tests, also as root; in a chroot where this machine has another release."""
    program = None  # the server's name, as in SUITES
    ports = ("port", "direct_port")
    in_use = "already in use|eaddrinuse"

    def __init__(self, folder, domain="garden.example", authority=None, certificate=None, more="", release=None, address="127.0.0.1"):
        self.folder, self.domain, self.more, self.release, self.address = str(folder), domain, more, release, address
        os.makedirs(self.folder, exist_ok=True)
        self.authority = authority or Authority(os.path.join(self.folder, "authority"))
        self.certificate = certificate or self.authority.issue(domain)
        self.root = root_of(release and SUITES[f"{self.program} {release}"])
        for name in self.ports:
            setattr(self, name, None)
        self.process = None

    @property
    def name(self):
        return f"{self.program} {self.release or ''}".strip()

    def __repr__(self):
        return self.name

    @property
    def ca(self):
        return self.authority.ca

    @property
    def server(self):
        """As `server =` in the configuration takes it."""
        return f"{self.address}:{self.port}"

    def command(self):
        """Write the configuration; the command and its environment."""
        raise NotImplementedError

    def wait_until_ready(self):
        raise NotImplementedError

    def start(self):
        """Returns once all ports answer. A port may be taken between choosing and binding it: then with others."""
        for attempt in range(5):
            first = self.port is None
            if first:
                for name in self.ports:
                    setattr(self, name, free_port(self.address))
            command, environment = self.command()
            folders = [self.folder] + sorted({os.path.dirname(path) for path in (*self.certificate, self.ca)} - {self.folder})
            self.process = Process(inside(self.root, folders, command), env=environment, name=self.name)
            try:
                self.wait_until_ready()
                return self
            except Timeout:
                in_use = self.process.count(self.in_use)
                self.kill()
                if not (first and in_use) or attempt == 4:
                    raise
                self.port = None
        raise AssertionError("not reached")

    def _end(self, number):
        if self.process:
            self.process.stop(number, deadline=15)
            try:
                os.killpg(self.process.pid, signal.SIGKILL)  # helpers of its own, such as Erlang's resolver
            except ProcessLookupError:
                pass

    def stop(self):
        """As an administrator does: streams are closed with <system-shutdown/>."""
        self._end(signal.SIGTERM)

    def kill(self):
        """As a power cut does: nobody is told."""
        self._end(signal.SIGKILL)

    def restart(self):
        """Again, on the same ports and data."""
        if self.process.running:
            self.stop()
        return self.start()

    def wait_for_presence(self, account, deadline=15):
        """Wait until the newest session of the account has sent its presence."""
        raise NotImplementedError

    def account(self, local, password=None, unique=True):
        """Create an account; a number is added to the name, so that each test has accounts of its own."""
        local = f"{local}{next(_serial)}" if unique else local
        password = password or f"pw of {local} ✓"
        self.set_password(local, password)
        return Account(f"{local}@{self.domain}", password)

    def set_password(self, local, password):
        """Of an account that is made when there is none."""
        raise NotImplementedError

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
