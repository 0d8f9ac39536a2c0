"""Measures Perch beside a C bot on libstrophe and a Python bot on slixmpp, in one run on one server; prints Markdown.

    bench.py PERCH EMBEDDED STROPHE_BOT XML_BENCH EMBEDDED_XML_BENCH EMBEDDED_ARM64_PERCH|- LOCAL_BENCH

Nothing here is a test with a limit: machines differ. What is compared was measured minutes apart on the same one.
"""
import base64
import contextlib
import os
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "Tests", "Integration")]

from harness.perch import Perch  # noqa: E402
from harness.process import Process  # noqa: E402
from harness.prosody import Prosody  # noqa: E402
from harness.servers import make_server  # noqa: E402
import logins  # noqa: E402
import memory as growth  # noqa: E402
from memory import SETTLE_SECONDS, memory  # noqa: E402
from stream import stream  # noqa: E402

IDLE_SECONDS = 60
# Perch takes ten commands in ten seconds from one person, so many people ask; the same for every bot.
PEOPLE, EACH = 25, 8
LINES = "\n[line lamp]\npin = GPIO17\npart = relay\n\n[line door]\npin = GPIO27\npart = contact\n"


class Sender:
    """Somebody who sends and reads raw XML over TLS, so that the measuring side costs as little as possible."""

    def __init__(self, account, prosody):
        context = ssl.create_default_context(cafile=prosody.ca)
        plain = socket.create_connection(("127.0.0.1", prosody.direct_port), timeout=15)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname=prosody.domain)
        self.buffer = b""
        header = f"<?xml version='1.0'?><stream:stream to='{prosody.domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        token = base64.b64encode(f"\0{account.local}\0{account.password}".encode()).decode()
        self.ask(header, b"</stream:features>")
        self.ask(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{token}</auth>", b"<success")
        self.ask(header, b"</stream:features>")
        self.ask("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", b"</iq>")
        self.socket.sendall(b"<presence/>")

    def ask(self, text, until):
        self.buffer = b""
        self.socket.sendall(text.encode())
        while until not in self.buffer:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError(f"closed, after {self.buffer[-300:]}")
            self.buffer += piece
        return self.buffer

    def round_trip(self, to, text, id):
        start = time.perf_counter()
        answer = self.ask(f"<message to='{to}' type='chat' id='{id}'><body>{text}</body></message>", b"</body>")
        if b"lamp is " not in answer:
            raise AssertionError(f"wrong answer: {answer}")
        return time.perf_counter() - start


def switches(pid):
    """How often the threads of the process went to sleep by themselves: each is a wake-up before it."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
    return total


def stripped_size(path):
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "-o", copy.name, path], check=True)
        return os.stat(copy.name).st_size


def main(perch, embedded, strophe, xml, embedded_xml, arm, local):
    with tempfile.TemporaryDirectory(prefix="perch-bench.") as folder:
        prosody = Prosody(f"{folder}/prosody")
        # A program that was linked a moment ago is still dirty in the page cache, which would count as private dirty.
        os.sync()
        running = []
        try:
            prosody.start()
            bots = {}

            def boards(name, path):
                os.environ["PERCH"] = path
                board = Perch(f"{folder}/{name}", prosody.account("board"), prosody, people={f"*@{prosody.domain}": "operator"}, lines=LINES)
                running.append(board)
                board.start().online()
                return board.process, board.jid

            def peer(name, command):
                account = prosody.account(name)
                process = Process([*command, account.jid, account.password, "127.0.0.1", str(prosody.port), prosody.ca], name=name)
                running.append(process)
                process.wait_for_line("online", 30)
                return process, account.jid

            bots["Perch, Embedded"] = boards("embedded", embedded)
            bots["Perch, ordinary Swift"] = boards("ordinary", perch)
            bots["C bot on libstrophe"] = peer("strophe", [strophe])
            bots["Python bot on slixmpp"] = peer("slixmpp", [sys.executable, f"{HERE}/peers/slixmpp_bot.py"])

            note(f"idle for {IDLE_SECONDS} s …")
            time.sleep(SETTLE_SECONDS)
            before = {name: switches(process.pid) for name, (process, _) in bots.items()}
            time.sleep(IDLE_SECONDS)
            woken = {name: switches(process.pid) - before[name] for name, (process, _) in bots.items()}
            idle = {name: memory(process.pid) for name, (process, _) in bots.items()}

            note(f"{PEOPLE * EACH} round trips each …")
            senders = [Sender(prosody.account("asker"), prosody) for _ in range(PEOPLE)]
            times = {name: [] for name in bots}
            for turn in range(EACH):
                for name, (_, jid) in bots.items():
                    for number, sender in enumerate(senders):
                        text = "lamp on" if (turn + number) % 2 else "lamp off"
                        times[name].append(sender.round_trip(jid, text, f"{turn}-{number}") * 1000)
            after = {name: memory(process.pid) for name, (process, _) in bots.items()}
            grown = growth.table(embedded, prosody, folder, note)
        finally:
            for process in running:
                process.close() if isinstance(process, Perch) else process.stop(signal.SIGKILL)
            prosody.stop()

        note("XML …")
        with open(f"{folder}/stream.xml", "w") as file:
            file.write(stream())
        rates = {name: dict(line.split() for line in subprocess.run([path, file.name], check=True, capture_output=True, text=True).stdout.splitlines())
                 for name, path in (("Embedded", embedded_xml), ("ordinary Swift", xml))}

    sizes = {
        "Perch, Embedded": f"{stripped_size(embedded) / 1000:.0f}",
        "Perch, ordinary Swift": f"{stripped_size(perch) / 1000:.0f}",
        "C bot on libstrophe": f"{stripped_size(strophe) / 1000:.0f} + {os.stat(library('libstrophe')).st_size / 1000:.0f} library",
        "Python bot on slixmpp": "Python",
    }
    print("| connected over TLS | binary, stripped, KB | idle: RSS, KB | private dirty, KB | RSS after the round trips, KB | wake-ups in an idle minute | chat → reply, median, ms | p95, ms |")
    print("|---|---|---|---|---|---|---|---|")
    for name in bots:
        median, p95 = statistics.median(times[name]), statistics.quantiles(times[name], n=20)[-1]
        print(f"| {name} | {sizes[name]} | {idle[name][0]} | {idle[name][1]} | {after[name][0]} | {woken[name] * 60 // IDLE_SECONDS} | {median:.2f} | {p95:.2f} |")
    if arm != "-":
        print(f"\nEmbedded binary for arm64, stripped: {os.stat(arm).st_size / 1000:.0f} KB.")
    print("\n" + inside(local))
    print("\n" + grown)
    print("\n" + round_trips(embedded, strophe))
    print("\n| XML, MB/s of processor time | bare Expat | Perch | ratio |\n|---|---|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {rate['expat']} | {rate['perch']} | {rate['ratio']} |")


LINE_NUMBERS = (1, 32, 200)


def inside(local):
    """The table of what takes how long inside the process: on this machine, and in the virtual machine whose kernel has GPIO lines."""
    def results(*command):
        """[[(median, p95) of a command and of an edge] for each number of lines]"""
        said = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=TOP).stdout.splitlines()
        failed = [line for line in said if len(line.split()) != 3]
        if failed or len(said) % 2:
            raise AssertionError(f"local-bench said {said}")
        return [[tuple(map(float, line.split()[1:])) for line in said[at:at + 2]] for at in range(0, len(said), 2)]

    note("inside the process …")
    rows = {"this machine, simulated board": [results(local, "simulated", str(count))[0] for count in LINE_NUMBERS]}
    note("the same in the virtual machine, with the kernel's lines …")
    each = " && ".join(f"{local} {board} {count}" for board in ("simulated", "bench") for count in LINE_NUMBERS)
    there = results("tools/gpio-vm", "--chip", f"bench:{max(LINE_NUMBERS)}", "bash", "-c", each)
    rows["virtual machine, simulated board"], rows["virtual machine, the kernel's lines"] = there[:len(LINE_NUMBERS)], there[len(LINE_NUMBERS):]
    head = " | ".join(f"{count} line{'s' if count > 1 else ''}" for count in LINE_NUMBERS)
    text = ""
    for kind, what in enumerate(("chat command → line set", "input's edge → report handed to TLS")):
        text += f"| {what}, median / p95, µs | {head} |\n|---|" + "---|" * len(LINE_NUMBERS) + "\n"
        for name, counts in rows.items():
            text += f"| {name} | " + " | ".join(f"{times[kind][0]:.1f} / {times[kind][1]:.1f}" for times in counts) + " |\n"
        text += "\n"
    slower = [there[at][0][0] / rows["this machine, simulated board"][at][0][0] for at in range(len(LINE_NUMBERS))]
    kernel = [there[len(LINE_NUMBERS) + at][0][0] / there[at][0][0] for at in range(len(LINE_NUMBERS))]
    several = lambda numbers: ", ".join(f"{number:.1f}" for number in numbers)  # noqa: E731
    return text + (f"The virtual machine's emulated processor takes {several(slower)} times as long for the same commands on the simulated board; "
                   f"with the kernel's lines a command takes {several(kernel)} times what it takes there with lines in memory.")


def round_trips(perch, strophe):
    """The table of logins. Debian 12's mod_sasl2 needs a newer Prosody than Debian 12 has, so that one has classic SASL only."""
    with tempfile.TemporaryDirectory(prefix="perch-logins.") as folder, contextlib.ExitStack() as running:
        def start(name, **options):
            return running.enter_context(make_server(name, os.path.join(folder, name.replace(" ", "-")), **options))
        # As docs/servers.md recommends: else Perch connects a second time after its very first login, without resumption.
        brief = "smacks_hibernation_time = 60\n"
        old = start("prosody 0.12", more=brief)
        new = start("prosody 13", more=brief, modules=["sasl2", "sasl2_bind2", "sasl2_fast", "sasl2_sm"])
        ejabberd = start("ejabberd 24.12", modules=["auth_fast"])
        rows = [
            ("Prosody 0.12, STARTTLS", old, False), ("Prosody 0.12, direct TLS", old, True),
            ("Prosody 13 with SASL2, Bind 2, FAST, direct TLS", new, True), ("ejabberd 24.12 with SASL2, Bind 2, FAST, STARTTLS", ejabberd, False),
            ("ejabberd 24.12 with SASL2, Bind 2, FAST, direct TLS", ejabberd, True)]
        return logins.table(perch, strophe, rows, folder, note)


def library(name):
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    return os.path.realpath(next(line.split("=> ")[1] for line in listed.splitlines() if line.strip().startswith(name + ".so")))


def note(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*(path if path == "-" else os.path.abspath(path) for path in sys.argv[1:]))
