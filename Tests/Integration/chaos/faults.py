"""Everything that is done to the network, the servers and the board. Each fault returns when it is over."""
import asyncio
import os
import signal

from .history import AFTER


class Faults:
    """Part of a `Trial`: its public methods are the faults, by the names that `storm` lists."""

    async def _pause(self, shortest, longest):
        await asyncio.sleep(self.random.uniform(shortest, longest) * self.scale)

    async def _provoke(self):
        """Something is under way in the very moment in which it happens."""
        if self.random.random() < 0.7:
            for _ in range(self.random.randint(1, 3)):
                self._say(self.random)
            await asyncio.sleep(self.random.uniform(0, 0.04))

    async def delays(self):
        self.relay.delay = (0, 0.4)
        await self._pause(3, 8)
        self.relay.calm()

    async def pieces(self):
        self.relay.split = 7
        await self._pause(3, 8)
        self.relay.calm()

    async def stall(self):
        self.relay.hold(*self.random.choice([("up",), ("down",), ("up", "down")]))
        await self._provoke()
        await self._pause(2, 20)
        self.relay.calm()

    async def reset(self):
        await self._provoke()
        self.relay.cut("rst", "rst")

    async def closed(self):
        await self._provoke()
        self.relay.cut("fin", "fin")

    async def _swallow(self, direction):
        self.relay.hold(direction)
        await self._provoke()
        await self._pause(0.3, 5)
        self.relay.cut()
        self.relay.calm()

    async def answers_swallowed(self):
        await self._swallow("up")

    async def commands_swallowed(self):
        await self._swallow("down")

    async def black_hole(self):
        self.relay.hold("up", "down")
        await self._provoke()
        await self._pause(4, 15)
        self.relay.cut()
        self.relay.calm()

    async def server_half_open(self):
        """The board knows that the connection is gone, the server does not."""
        await self._provoke()
        self.relay.cut("rst", None)

    async def board_half_open(self):
        """The server knows, the board has to find out."""
        await self._provoke()
        self.relay.cut(None, "rst")

    async def refused(self):
        self.relay.refuse()
        self.relay.cut()
        await self._pause(1, 8)
        self.relay.accept()

    async def closed_at_once(self):
        self.relay.accept("close")
        self.relay.cut()
        await self._pause(1, 6)
        self.relay.accept()

    async def ignored(self):
        self.relay.accept("ignore")
        self.relay.cut()
        await self._pause(2, 8)
        self.relay.accept()
        self.relay.bury()

    async def _server(self, end):
        """Live readings are not stored for people who are away, so the people are back before the board is."""
        await self._provoke()
        self.relay.refuse()
        await asyncio.to_thread(end)
        self.relay.cut()
        await self._pause(0.2, 3)
        await asyncio.to_thread(self.server.start)
        for client in self.clients:
            await asyncio.wait_for(client.online.wait(), 30)
        self.relay.accept()

    async def server_killed(self):
        await self._server(self.server.kill)

    async def server_stopped(self):
        await self._server(self.server.stop)

    async def server_frozen(self):
        self.frozen_server = self.server.process.pid
        os.kill(self.frozen_server, signal.SIGSTOP)
        await self._provoke()
        await self._pause(1, 12)
        os.kill(self.frozen_server, signal.SIGCONT)
        self.frozen_server = None

    async def board_frozen(self):
        self.is_frozen = True
        self.board.process.send_signal(signal.SIGSTOP)
        await self._provoke()
        await self._pause(1, 15)
        await self._provoke()
        # What it does at once when it goes on counts as well.
        self.history.interruptions.append(self.now() - AFTER)
        self.board.process.send_signal(signal.SIGCONT)
        self.is_frozen = False

    async def _board(self, number):
        await self._provoke()
        if number == signal.SIGKILL:
            self.history.kills.append(self.now())
        await asyncio.to_thread(self.board.stop, number)
        await self._pause(0.1, 2)
        self._start_board()

    async def board_killed(self):
        await self._board(signal.SIGKILL)

    async def board_restarted(self):
        await self._board(signal.SIGTERM)
