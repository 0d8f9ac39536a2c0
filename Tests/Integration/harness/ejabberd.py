"""A private ejabberd, without Erlang's distribution: no node name, no epmd, no port but its own."""
import json
import os
import textwrap
import urllib.error
import urllib.request

from .process import eventually
from .server import Server

MODULES = [
    "adhoc", "admin_extra", "blocking", "caps", "carboncopy", "disco", "last", "offline", "ping", "privacy", "pubsub", "roster",
    "stream_mgmt", "time", "vcard", "version",
]
# As in Debian's own configuration.
OPTIONS = {"pubsub": "{plugins: [flat, pep], access_createnode: local}"}


class Ejabberd(Server):
    """Releases 23.01 and 24.12. `modules` maps a module's name without `mod_` to its options in YAML, or is a list of names;
    `more` is top-level YAML. `listeners` is YAML for both c2s listeners, such as "shaper: normal"."""
    program = "ejabberd"
    ports = ("port", "direct_port", "api_port")

    def __init__(self, folder, *words, modules=(), listeners="", **options):
        super().__init__(folder, *words, **options)
        extra = modules if isinstance(modules, dict) else {name: "{}" for name in modules}
        self.modules = {**{name: OPTIONS.get(name, "{}") for name in MODULES}, **extra}
        self.listeners = listeners

    def command(self):
        listeners = "".join(f", {line.strip()}" for line in self.listeners.splitlines() if line.strip())
        common = f'ip: "{self.address}", module: ejabberd_c2s, max_stanza_size: 262144{listeners}'
        text = textwrap.dedent(f"""\
            hosts: ["{self.domain}"]
            loglevel: debug
            certfiles: {json.dumps(list(self.certificate))}
            ca_file: {json.dumps(self.ca)}
            acme: {{auto: false}}
            auth_password_format: scram
            listen:
              - {{port: {self.port}, starttls: true, starttls_required: true, {common}}}
              - {{port: {self.direct_port}, tls: true, {common}}}
              - {{port: {self.api_port}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {{/api: mod_http_api}}}}
            acl: {{local: {{user_regexp: ""}}}}
            access_rules: {{local: {{allow: local}}}}
            api_permissions:
              tests: {{from: [mod_http_api], who: {{ip: "127.0.0.1/32"}}, what: "*"}}
            """) + self.more + "\nmodules:\n" + "".join(f"  mod_{name}: {options}\n" for name, options in self.modules.items())
        path = os.path.join(self.folder, "ejabberd.yml")
        with open(path, "w") as file:
            file.write(text)
        data = os.path.join(self.folder, "data")
        os.makedirs(data, exist_ok=True)
        # What ejabberdctl runs for `foreground`, but without -sname.
        libraries = "/usr/lib/" + os.uname().machine + "-linux-gnu"
        return ["/usr/bin/erl", "+K", "true", "-noinput", "-mnesia", "dir", f'"{data}"', "-s", "ejabberd"], {
            "EJABBERD_CONFIG_PATH": path, "EJABBERD_LOG_PATH": os.path.join(self.folder, "ejabberd.log"), "ERL_LIBS": libraries,
            "HOME": self.folder, "ERL_CRASH_DUMP_BYTES": "0"}

    def wait_until_ready(self):
        for port in (self.port, self.direct_port):
            self.process.wait_for_line(rf"Start accepting T\w+ connections at {self.address}:{port}", 30)
        self.process.wait_for_line(rf"Start accepting TCP connections at 127.0.0.1:{self.api_port}")

    def call(self, command, **arguments):
        """A command of ejabberdctl, through the HTTP API on loopback; its answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.api_port}/api/{command}", json.dumps(arguments).encode(), {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=15) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{self.name}: {command}: {error.read().decode(errors='replace')}") from None

    def wait_for_presence(self, account, deadline=15):
        def told():
            sessions = self.call("user_sessions_info", user=account.local, host=self.domain)
            return sessions and all(session["status"] != "unavailable" for session in sessions)
        eventually(told, deadline, f"presence of {account.jid}")

    def set_password(self, local, password):
        words = {"user": local, "host": self.domain}
        if self.call("check_account", **words) == 0:
            self.call("change_password", newpass=password, **words)
        else:
            self.call("register", password=password, **words)
