"""A private Prosody."""
import os
import re
import textwrap
import time

from .process import Timeout
from .server import Account, Server, free_port  # noqa: F401 (what most tests need with it)

MODULES = [
    "roster", "saslauth", "tls", "disco", "presence", "message", "iq", "c2s", "pep", "ping", "smacks", "carbons", "offline",
    "blocklist", "vcard4", "time", "version", "uptime", "register", "posix",
]


class Prosody(Server):
    """Releases 0.12 and 13."""
    program = "prosody"
    in_use = "already in use|Failed to open server port"

    def __init__(self, folder, *words, modules=(), **options):
        super().__init__(folder, *words, **options)
        self.modules = MODULES + list(modules)

    def command(self):
        certificate, key = self.certificate
        modules = ", ".join(f'"{name}"' for name in self.modules)
        text = textwrap.dedent(f"""\
            run_as_root = true
            pidfile = "{self.folder}/prosody.pid"
            data_path = "{self.folder}/data"
            log = {{ {{ levels = {{ min = "debug" }}, to = "console" }} }}
            interfaces = {{ "{self.address}" }}
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
        return ["/usr/bin/prosody", "--config", path, "-F"], {}

    def wait_until_ready(self):
        self.process.wait_for_line(rf"Activated service 'c2s' on \[{self.address}\]:{self.port}")
        self.process.wait_for_line(rf"Activated service 'c2s_direct_tls' on \[{self.address}\]:{self.direct_port}")

    def wait_for_presence(self, account, deadline=15):
        log = self.process
        log.wait_for_line(r"Authenticated as " + re.escape(account.jid), deadline)
        end = time.monotonic() + deadline
        while True:
            # A board that learns that the server keeps lost sessions for too long logs in twice, and shows itself in the second session.
            session = [line.split()[0] for line in list(log.lines) if f"Authenticated as {account.jid}" in line][-1]
            try:
                return log.wait_for_line(re.escape(session) + r"\s.*Received\[c2s\]: <presence", 1)
            except Timeout:
                if time.monotonic() > end:
                    raise

    def _store(self, kind, local, text):
        """Straight into the store, which the running server reads at the next login."""
        folder = os.path.join(self.folder, "data", "".join(c if c.isalnum() else "%%%02x" % ord(c) for c in self.domain), kind)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, local + ".dat"), "w") as file:
            file.write(f"return {{ {text} }};\n")

    def set_password(self, local, password):
        # The server hashes it itself.
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        self._store("accounts", local, f'["password"] = "{quoted}"')

    def set_roster(self, account, addresses, subscription="both"):
        """Of an account that has not been online yet: contacts of other domains, which this server cannot reach, so that nothing moves in it."""
        contacts = [
            f'["{address}"] = {{ subscription = "{subscription}"; groups = {{}}; name = "Somebody No. {number}" }}'
            for number, address in enumerate(addresses)]
        self._store("roster", account.local, ";\n".join(["[false] = { version = 1 }", *contacts]))
