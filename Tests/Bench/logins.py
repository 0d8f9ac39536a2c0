"""How many round trips a login takes: from the connected socket to the bound session, behind a proxy that delays every byte on
loopback. Perch's are counted until it shows itself: with classic SASL one more than the bound session, since `<enabled/>` comes first.
What the programs compute meanwhile is in the figure; with the delay chosen here it is a tenth of a round trip or so."""
import asyncio
import os
import signal
import socket
import statistics
import sys
import threading
import time

from harness.perch import Perch
from harness.process import Process

HERE = os.path.dirname(os.path.abspath(__file__))
DELAY = 0.1  # seconds in each direction
RUNS = 3
DEADLINE = 60


class Delay:
    """`port` leads to `target`; each piece arrives `DELAY` after it was sent, in order, at any rate. Runs on a thread of its own."""

    def __init__(self, target):
        self.target, self.connected = target, []
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self.direct_port = self._listener.getsockname()[1]
        self._links = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        self._loop.create_task(self._accept())
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()
        for link in self._links:
            for end in link:
                end.close()
        self._listener.close()

    async def _accept(self):
        while True:
            near, _ = await self._loop.sock_accept(self._listener)
            self.connected.append(time.monotonic())
            far = socket.create_connection(("127.0.0.1", self.target))
            for end in (near, far):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._links.add((near, far))
            for source, sink in ((near, far), (far, near)):
                queue = asyncio.Queue()
                self._loop.create_task(self._read(source, queue))
                self._loop.create_task(self._write(sink, queue))

    async def _read(self, source, queue):
        piece = True
        while piece:
            try:
                piece = await self._loop.sock_recv(source, 65536)
            except OSError:
                piece = b""
            queue.put_nowait((self._loop.time() + DELAY, piece))

    async def _write(self, sink, queue):
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(due - self._loop.time())
            try:
                if not piece:
                    return sink.shutdown(socket.SHUT_WR)
                await self._loop.sock_sendall(sink, piece)
            except OSError:
                return

    def cut(self):
        def end():
            for link in self._links:
                for one in link:
                    try:
                        one.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass  # it has ended before
        self._loop.call_soon_threadsafe(end)

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


class Timed(Process):
    """Knows when each line of its output came."""

    def __init__(self, command, **options):
        self.times = []
        super().__init__(command, **options)

    def _read(self, stream, kept):
        def timed():
            for line in stream:
                self.times.append((time.monotonic(), line))
                yield line
        super()._read(timed(), kept)

    def online(self, word, after):
        """When it first said so after that moment."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and self.running:
            for at, line in list(self.times):
                if at > after and word in line:
                    return at
            time.sleep(0.005)
        raise AssertionError(f"{self.name} did not say \"{word}\":\n{self.text()}")


def trips(delay, started, process, word):
    """Round trips from the first connection after `started` until the process says that it is online."""
    online = process.online(word, started)
    connected = max(at for at in delay.connected if started <= at <= online)
    return (online - connected) / (2 * DELAY)


def perch(path, folder, server, direct):
    """Round trips of the first login, of one after a restart, of one after a cut."""
    delay = Delay(server.direct_port if direct else server.port)
    try:
        os.environ["PERCH"] = path
        delay.ca = server.ca
        board = Perch(folder, server.account("board"), delay, direct_tls=direct)
        found = []

        def start():
            started = time.monotonic()
            board.process = Timed([path, "run", "--config", board.config, "--state", board.state], name="perch",
                                  env={"PERCH_DATA": os.path.join(HERE, "..", "..", "devices"), "NOTIFY_SOCKET": "", "JOURNAL_STREAM": ""})
            found.append(trips(delay, started, board.process, "online as "))
        try:
            start()
            # A server may answer the goodbye late, and hand out what the next login uses a moment after the login.
            time.sleep(6 * DELAY)
            board.stop()
            start()
            time.sleep(6 * DELAY)
            cut = time.monotonic()
            delay.cut()
            found.append(trips(delay, cut, board.process, "online as "))
        finally:
            board.close()
        return found
    finally:
        delay.close()


def peer(command, server, direct):
    delay = Delay(server.direct_port if direct else server.port)
    try:
        account = server.account("peer")
        started = time.monotonic()
        process = Timed([*command, account.jid, account.password, "127.0.0.1", str(delay.port), server.ca, *(["direct"] if direct else [])], name=command[-1])
        try:
            return trips(delay, started, process, "bound")
        finally:
            process.stop(signal.SIGKILL)
    finally:
        delay.close()


def table(path, strophe, servers, folder, note):
    """Markdown. `servers`: (title, server that runs, direct TLS?)."""
    text = ["| round trips from the connected socket to the bound session (Perch: until it shows itself, after `<enabled/>` where that is a step of its own) | Perch, first login | with what the last login taught | after a cut | libstrophe | slixmpp |",
            "|---|---|---|---|---|---|"]
    slixmpp = [sys.executable, f"{HERE}/peers/slixmpp_bot.py"]
    for title, server, direct in servers:
        note(f"logins: {title} …")
        runs = [perch(path, os.path.join(folder, f"login-{len(text)}-{run}"), server, direct) for run in range(RUNS)]
        figures = [statistics.median(run[index] for run in runs) for index in range(3)]
        for command in ([strophe], slixmpp):
            try:
                figures.append(statistics.median(peer(command, server, direct) for _ in range(RUNS)))
            except AssertionError as problem:
                note(str(problem))
                figures.append(None)
        text.append(f"| {title} | " + " | ".join("fails" if figure is None else f"{figure:.1f}" for figure in figures) + " |")
    return "\n".join(text)
