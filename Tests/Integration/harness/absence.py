"""How long a board that is gone looks as if it were there, on real servers, in the roster of somebody else.

Run as a program (tools/offline-after) it prints a table, with offline-after = OFFLINE_AFTER (120) seconds as docs/servers.md
recommends and with the servers' own defaults, waiting OFFLINE_LIMIT (600) seconds at most, and exits 0 only when what is
recommended holds."""
import os
import signal
import sys
import tempfile
import time

from .cable import Cable
from .fragments import patience
from .perch import Perch
from .person import Person
from .process import Timeout
from .servers import SERVERS, make_server

FAULTS = ("goodbye", "killed", "frozen", "cut")
WHAT = {
    "goodbye": "stopped on purpose (SIGTERM)", "killed": "program killed (SIGKILL)",
    "frozen": "program frozen (SIGSTOP)", "cut": "network cut",
}


class Absence:
    """One board that meets one fault on one server. Times are in seconds; None: not within the limit."""

    def __init__(self, kind, fault, board, watcher):
        self.kind, self.fault, self.board, self.watcher = kind, fault, board, watcher
        self.server = board.server.name
        self.began = self.gone = self.status = self.returned = None
        self.missed = False  # never online, so no fault to meet

    def __repr__(self):
        return f"{self.server}, {self.kind}, {self.fault}: offline after {self.gone}, back after {self.returned}"

    def _wait(self, kind, after, began, limit):
        seen = self.watcher.wait_presence(
            self.board.jid, kind, after=after, deadline=max(0.1, began + limit - time.monotonic()),
            matching=lambda seen: "/" in seen.sender)
        return seen, round(seen.time - began, 1)

    def begin(self):
        self.position = len(self.watcher.presences)
        self.began = time.monotonic()
        if self.fault != "cut":
            self.board.process.send_signal({"goodbye": signal.SIGTERM, "killed": signal.SIGKILL, "frozen": signal.SIGSTOP}[self.fault])

    def wait_until_gone(self, limit):
        try:
            seen, self.gone = self._wait("unavailable", self.position, self.began, limit)
            self.status = seen.status
        except Timeout:
            pass

    def end(self):
        """The fault is over, for the cable by `plug`."""
        self.position = len(self.watcher.presences)
        self.ended = time.monotonic()
        if self.fault == "frozen":
            self.board.process.send_signal(signal.SIGCONT)
        elif self.fault != "cut":
            self.board.process.stop(signal.SIGKILL)
            self.board.start()

    def ask(self):
        # A session that the server never gave up has no new presence to show: then an answer is the sign of life.
        if self.gone is None:
            self.position = len(self.watcher.messages)
            self.watcher.send(self.board.jid, "ping")

    def wait_until_back(self, limit):
        try:
            if self.gone is None:
                answer = self.watcher.next_message(self.board.jid, after=self.position, deadline=max(0.1, self.ended + limit - time.monotonic()))
                self.returned = round(answer.time - self.ended, 1)
            else:
                _, self.returned = self._wait("available", self.position, self.ended, limit)
        except Timeout:
            pass


def measure(folder, seconds, kinds=("recommended",), names=SERVERS, faults=FAULTS, limit=None, authority=None, back=90):
    """Let one board for each server, kind of settings and fault go missing, all at the same time; their Absences.

    `kinds`: "recommended" is what docs/servers.md says for an offline-after of so many seconds, "default" what the
    server does unless told. `limit` is how long to wait for each."""
    limit = limit or seconds
    stack, boards = [], []
    try:
        cable = Cable(folder)
        stack.append(cable.close)
        for name in names:
            for kind in kinds:
                place = os.path.join(str(folder), f"{name} {kind}".replace(" ", "-"))
                options = patience(name, seconds) if kind == "recommended" else {}
                server = make_server(name, place, address=cable.address, authority=authority, **options)
                authority = server.authority
                stack.append(server.stop)
                server.start()
                watcher = Person(server.account("watcher"), server)
                stack.append(watcher.disconnect)
                watcher.connect()
                for fault in faults:
                    board = Perch(
                        os.path.join(place, fault), server.account(fault), server, people={watcher: "admin"},
                        account=f"offline-after = {seconds}s\n", inside=cable if fault == "cut" else ())
                    stack.append(board.close)
                    board.start()
                    boards.append(Absence(kind, fault, board, watcher))
        deadline = time.monotonic() + 60
        for one in boards:
            try:
                one.board.online(max(1, deadline - time.monotonic()))
                one.watcher.subscribe(one.board.jid)
                one.watcher.wait_presence(one.board.jid, deadline=30, matching=lambda seen: "/" in seen.sender)
            except Timeout as problem:
                print(f"{one}: {problem}")
                one.missed = True
        ready = [one for one in boards if not one.missed]
        for one in ready:
            one.begin()
        if "cut" in faults:
            cable.pull()
        for one in ready:
            one.wait_until_gone(limit)
        for one in ready:
            one.end()
        if "cut" in faults:
            cable.plug()
        for one in ready:
            one.ask()
        for one in ready:
            one.wait_until_back(back)
        return boards
    finally:
        for close in reversed(stack):
            close()


def table(boards, limit):
    """In Markdown: a row for each fault and kind of settings, a column for each server."""
    names = list(dict.fromkeys(one.server for one in boards))
    lines = ["| fault | settings | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for fault in dict.fromkeys(one.fault for one in boards):
        for kind in dict.fromkeys(one.kind for one in boards):
            cells = []
            for name in names:
                one = next(one for one in boards if (one.server, one.fault, one.kind) == (name, fault, kind))
                gone = f"> {limit} s" if one.gone is None else f"{one.gone:.1f} s"
                back = ", not back" if one.returned is None else f", back {one.returned:.1f} s"
                cells.append("no login" if one.missed else gone + back)
            lines.append(f"| {WHAT[fault]} | {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    seconds, limit = (int(os.environ.get(name, value)) for name, value in (("OFFLINE_AFTER", 120), ("OFFLINE_LIMIT", 600)))
    print(f"offline-after = {seconds} s on {', '.join(SERVERS)}: up to {max(seconds, limit) // 60 + 3} min", flush=True)
    with tempfile.TemporaryDirectory(prefix="perch-absence.") as folder:
        boards = measure(folder, seconds, kinds=("recommended", "default"), limit=max(seconds, limit))
    print(table(boards, max(seconds, limit)))
    return 0 if all(one.gone is not None and one.gone <= seconds for one in boards if one.kind == "recommended") else 1


if __name__ == "__main__":
    sys.exit(main())
