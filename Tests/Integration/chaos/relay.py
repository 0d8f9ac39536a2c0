"""The relay between the board and its server: every way in which a network mistreats a TCP stream.

TCP stays a stream: bytes come late, in pieces, or never, but in order and unchanged."""
import asyncio
import socket
import struct
import time

CHUNK = 65536


class Link:
    """One connection through the relay. `near` is the board's end, `far` the server's."""

    def __init__(self, relay, near, far):
        self.relay, self.ends = relay, {"near": near, "far": far}
        self.tasks = [asyncio.ensure_future(self._pump(near, far, "up")), asyncio.ensure_future(self._pump(far, near, "down"))]
        self.is_over = False

    async def _pump(self, source, sink, direction):
        """Reads at once, so that the sender's kernel is content, and passes on as the relay's mood is."""
        queue = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def drain():
            while True:
                due, piece = await queue.get()
                await asyncio.sleep(max(0, due - loop.time()))
                await self.relay.open[direction].wait()
                if piece is None:
                    return sink.shutdown(socket.SHUT_WR)
                size = self.relay.split or len(piece)
                position = 0
                while position < len(piece):
                    end = position + (self.relay.random.randint(1, size) if self.relay.split else size)
                    await loop.sock_sendall(sink, piece[position:end])
                    position = end
                    if self.relay.split:
                        await asyncio.sleep(0)

        drainer = asyncio.ensure_future(drain())
        try:
            while True:
                piece = await loop.sock_recv(source, CHUNK)
                shortest, longest = self.relay.delay
                due = loop.time() + (self.relay.random.uniform(shortest, longest) if longest else 0)
                queue.put_nowait((due, piece or None))
                if not piece:
                    break
            await drainer
            # Closed on one side in order: the other side has a moment for its goodbye.
            await asyncio.sleep(2)
            self.end("fin", "fin")
        except OSError:
            self.end("rst", "rst")
        finally:
            drainer.cancel()

    def end(self, near, far):
        """How each end learns of it: "fin", "rst", or None: not at all, it stays open and silent."""
        self.is_over = True
        self.relay.links.discard(self)
        current = asyncio.current_task()
        for task in self.tasks:
            if task is not current:
                task.cancel()
        for name, how in (("near", near), ("far", far)):
            end = self.ends.get(name)
            if end is None:
                continue
            if how is None:
                self.relay.forgotten.append(end)
            else:
                if how == "rst":
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.close()
            self.ends[name] = None


class Relay:
    """`port` leads to `target`, a port on 127.0.0.1. Use it on one event loop only."""

    def __init__(self, target, random):
        self.target, self.random = target, random
        self.delay, self.split = (0, 0), 0
        self.open = {"up": asyncio.Event(), "down": asyncio.Event()}
        self.links, self.forgotten, self.cuts = set(), [], []
        self.mood = "accept"  # or "refuse" (nobody listens), "close" (accepted and closed), "ignore" (accepted, no word)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._listener.setblocking(False)
        self._task = None
        self.calm()

    def calm(self):
        """An ordinary network. What was held back passes on."""
        self.delay, self.split = (0, 0), 0
        for event in self.open.values():
            event.set()

    def hold(self, *directions):
        for direction in directions:
            self.open[direction].clear()

    def start(self):
        self._task = asyncio.ensure_future(self._accept())
        return self

    def refuse(self):
        self.mood = "refuse"
        if self._listener:
            self._task.cancel()
            self._listener.close()
            self._listener = None

    def accept(self, mood="accept"):
        self.mood = mood
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._listener.setblocking(False)
            self.start()

    async def _accept(self):
        loop = asyncio.get_running_loop()
        while True:
            near, _ = await loop.sock_accept(self._listener)
            near.setblocking(False)
            if self.mood == "close":
                near.close()
            elif self.mood == "ignore":
                self.forgotten.append(near)
            else:
                asyncio.ensure_future(self._connect(near))

    async def _connect(self, near):
        far = socket.socket()
        far.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(far, ("127.0.0.1", self.target))
        except OSError:
            far.close()
            near.close()
            return
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.links.add(Link(self, near, far))

    def cut(self, near="rst", far="rst"):
        """Ends all connections; see `Link.end`."""
        if self.links:
            self.cuts.append(time.monotonic())
        for link in list(self.links):
            link.end(near, far)

    def bury(self):
        """Ends those that were left open and silent."""
        for end in self.forgotten:
            end.close()
        self.forgotten.clear()

    def close(self):
        if self._listener:
            self._task.cancel()
            self._listener.close()
            self._listener = None
        self.cut()
        self.bury()
