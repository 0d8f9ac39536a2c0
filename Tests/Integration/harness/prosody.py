"""A private Prosody."""
import itertools
import os
import re
import shutil
import signal
import socket
import textwrap

from .authority import Authority
from .process import Process, Timeout

MODULES = [
    "roster", "saslauth", "tls", "disco", "presence", "message", "iq", "c2s", "pep", "ping", "smacks", "carbons", "offline",
    "blocklist", "vcard4", "time", "version", "uptime", "register", "posix",
]
_serial = itertools.count(1)


class Account:
    def __init__(self, jid, password):
        self.jid, self.password = jid, password

    @property
    def local(self):
        return self.jid.split("@")[0]

    def __repr__(self):
        return self.jid


def free_port():
    """A TCP port that the kernel says is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Prosody:
    """`port` takes STARTTLS, `direct_port` direct TLS. Runs as whoever runs the tests, also as root."""

    def __init__(self, folder, domain="garden.example", authority=None, certificate=None, modules=(), more=""):
        self.folder, self.domain = str(folder), domain
        os.makedirs(self.folder, exist_ok=True)
        self.authority = authority or Authority(os.path.join(self.folder, "authority"))
        self.certificate = certificate or self.authority.issue(domain)
        self.modules, self.more = MODULES + list(modules), more
        self.port = self.direct_port = None
        self.process = None

    @property
    def ca(self):
        return self.authority.ca

    @property
    def server(self):
        """As `server =` in the configuration takes it."""
        return f"127.0.0.1:{self.port}"

    def _configure(self):
        certificate, key = self.certificate
        modules = ", ".join(f'"{name}"' for name in self.modules)
        text = textwrap.dedent(f"""\
            run_as_root = true
            pidfile = "{self.folder}/prosody.pid"
            data_path = "{self.folder}/data"
            log = {{ {{ levels = {{ min = "debug" }}, to = "console" }} }}
            interfaces = {{ "127.0.0.1" }}
            c2s_ports = {{ {self.port} }}
            c2s_direct_tls_ports = {{ {self.direct_port} }}
            c2s_require_encryption = true
            modules_enabled = {{ {modules} }}
            modules_disabled = {{ "s2s" }}
            authentication = "internal_hashed"
            storage = "internal"
            plugin_paths = {{ }}
            c2s_direct_tls_ssl = {{ certificate = "{certificate}"; key = "{key}" }}
            """) + self.more + textwrap.dedent(f"""
            VirtualHost "{self.domain}"
              ssl = {{ certificate = "{certificate}"; key = "{key}" }}
            """)
        path = os.path.join(self.folder, "prosody.cfg.lua")
        with open(path, "w") as file:
            file.write(text)
        os.makedirs(os.path.join(self.folder, "data"), exist_ok=True)
        return path

    def start(self):
        """Returns once both ports answer. A port may be taken between choosing and binding it: then with others."""
        for attempt in range(5):
            first = self.port is None
            if first:
                self.port, self.direct_port = free_port(), free_port()
            self.process = Process([shutil.which("prosody") or "/usr/bin/prosody", "--config", self._configure(), "-F"], name="prosody")
            try:
                self.process.wait_for_line(r"Activated service 'c2s' on \[127.0.0.1\]:%d" % self.port)
                self.process.wait_for_line(r"Activated service 'c2s_direct_tls' on \[127.0.0.1\]:%d" % self.direct_port)
                return self
            except Timeout:
                in_use = self.process.count("already in use|Failed to open server port")
                self.process.stop()
                if not (first and in_use) or attempt == 4:
                    raise
                self.port = None
        raise AssertionError("not reached")

    def stop(self):
        """As an administrator does: streams are closed with <system-shutdown/>."""
        if self.process:
            self.process.stop()

    def kill(self):
        """As a power cut does: nobody is told."""
        self.process.stop(signal.SIGKILL)

    def restart(self):
        """Again, on the same ports and data."""
        if self.process.running:
            self.stop()
        return self.start()

    def wait_for_presence(self, account, deadline=15):
        """Wait until the newest session of the account has sent its presence."""
        log = self.process
        log.wait_for_line(r"Authenticated as " + re.escape(account.jid), deadline)
        session = [line.split()[0] for line in list(log.lines) if f"Authenticated as {account.jid}" in line][-1]
        log.wait_for_line(re.escape(session) + r"\s.*Received\[c2s\]: <presence", deadline)

    def account(self, local, password=None, unique=True):
        """Create an account; a number is added to the name, so that each test has accounts of its own."""
        local = f"{local}{next(_serial)}" if unique else local
        password = password or f"pw of {local} ✓"
        self.set_password(local, password)
        return Account(f"{local}@{self.domain}", password)

    def set_password(self, local, password):
        # Straight into the store: the running server reads it at the next login and hashes it itself.
        folder = os.path.join(self.folder, "data", "".join(c if c.isalnum() else "%%%02x" % ord(c) for c in self.domain), "accounts")
        os.makedirs(folder, exist_ok=True)
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        with open(os.path.join(folder, local + ".dat"), "w") as file:
            file.write(f'return {{ ["password"] = "{quoted}" }};\n')

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
