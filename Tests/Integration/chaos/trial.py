"""One run on one server: the board, its people, the relay, the storm."""
import asyncio
import os
import random
import re
import signal
import time

from .board import LINES, SENSORS, Board
from .client import Client
from .faults import Faults
from .history import Command, Drive, Fault, History, Limits, Memory, Reading, Reply, Report, Verdict
from .relay import Relay

FIRST_VALUE = 1001  # far from what a simulated sensor measures before it is told
SENML = "{urn:ietf:params:xml:ns:senml}senml"
# Product §3: more than 10 commands in 10 s are refused; a refusal is no fault, but a command less.
BURST, WINDOW = 9, 11
# A line is used again when its last command was answered, or cannot come any more.
REST, PATIENCE = 6, 100


class Trial(Faults):
    """`run()` takes `seconds`, and a little more for the end, and returns the verdict. `faults` are names of methods of `Faults`."""

    def __init__(self, server, folder, seconds, seed, faults, limits=None, gap=(1, 5), settle=60, patience=1, name=None, tell=print):
        self.server, self.folder, self.seconds, self.seed = server, str(folder), seconds, seed
        self.server_name = name or type(server).__name__
        self.names, self.gap, self.settle, self.tell = faults, gap, settle, tell
        self.scale = patience  # how long stalls and silences are, as a factor
        self.limits = limits or Limits(recovery=60, lateness=100)
        self.random = random.Random(f"{seed} faults")
        self.history = History()
        self.ending = False
        self.known, self.commands = {}, {}
        self.resolved = set()
        self.epoch = 0
        self.log = []  # (seconds, who, what): for whoever has to find out why

    def note(self, who, what, at=None):
        self.log.append((self.now() if at is None else at, who, what))

    def write_log(self, path):
        with open(path, "w") as file:
            for at, who, what in sorted(self.log):
                file.write(f"{at:8.3f} {who:8} {what}\n")

    def now(self):
        return time.monotonic() - self.began

    # What is heard

    def _from_board(self, line, at):
        at -= self.began
        self.note("board", line.removeprefix("perch: "), at)
        if match := re.match(r"perch: debug: (\w+) is driven (on|off)", line):
            self.history.drives.append(Drive(match[1], match[2] == "on", at))
        elif match := re.match(r"perch: debug: to \S+, id (\S+): (.*)", line):
            self.history.sent[match[1]] = match[2]
        elif match := re.match(r"perch: debug: acknowledged: (.*)", line):
            self.history.taken.update(match[1].split())

    def _reply(self, stanza):
        body = stanza.findtext("{jabber:client}body")
        if body is None or stanza.get("type") == "error":
            return
        thread = stanza.findtext("{jabber:client}thread")
        self.note("reply", f"{thread} {stanza.get('id')} {body}")
        self.history.replies.append(Reply(thread, body, self.now(), stanza.get("id")))
        if command := self.commands.get(thread):
            self.resolved.add(command.number)
            self._came_through(command.at)

    def _report(self, stanza):
        for record in stanza.iter(SENML):
            sensor, value = record.get("n"), record.get("v")
            if sensor not in SENSORS or value is None:
                continue
            key = (sensor, int(float(value)))
            delayed = stanza.find("{urn:xmpp:delay}delay") is not None
            self.note("report", f"{sensor} {key[1]} {stanza.get('id')}{' delayed' if delayed else ''}")
            self.history.reports.append(Report(*key, self.now(), stanza.get("id"), delayed, float(record.get("t")) if record.get("t") else None))
            if key in self.known:
                self._came_through(self.known[key])

    def _came_through(self, sent_at):
        fault = self.history.faults[-1] if self.history.faults else None
        if fault and fault.over is not None and fault.recovered is None and sent_at >= fault.over:
            fault.recovered = self.now()
            self.through.set()

    # What is said and measured

    async def _talk(self):
        choice = random.Random(f"{self.seed} commands")
        self.said = []
        while not self.ending:
            await asyncio.sleep(choice.choice([0.05, 0.3, 1, 1.5, 2]))
            self._say(choice)

    def _free(self, line):
        last = self.last.get(line)
        if last is None:
            return True
        quiet = self.now() - max([last.at] + last.copies)
        return quiet > (REST if last.number in self.resolved else PATIENCE) and last.number not in self.repeating

    def _say(self, choice):
        """One command, when the board's patience and the lines allow it. Sometimes again under its id."""
        now = self.now()
        self.said = [at for at in self.said if now - at < WINDOW]
        free = [line for line in LINES if self._free(line)]
        if len(self.said) >= BURST or not free or not self.phone.online.is_set():
            return
        line = min(free, key=lambda line: self.last[line].at if line in self.last else -1)
        command = Command(len(self.history.commands) + 1, line, now)
        if not self._tell(self.phone, command):
            return
        self.note("said", f"{command.number} toggle {line}")
        self.said.append(now)
        self.history.commands.append(command)
        self.commands[str(command.number)] = command
        self.last[line] = command
        if choice.random() < 0.35:
            self.repeating.add(command.number)
            self.others.add(asyncio.ensure_future(self._repeat(command, choice.choice(["at once", "soon", "other", "late", "reconnected"]), choice.uniform(2, 12))))

    def _tell(self, client, command):
        return client.say(self.board.jid, f"toggle {command.line}", f"chaos-{self.seed}-{command.number}", command.number)

    async def _repeat(self, command, way, pause):
        """The same words under the same id, as a client does that does not know whether they arrived."""
        try:
            client = self.phone
            if way == "soon":
                await asyncio.sleep(0.02)
            elif way == "other":
                client = self.desk
            elif way == "late":
                await asyncio.sleep(pause)
            elif way == "reconnected":
                self.phone.drop()
                self.phone.online.clear()
            await asyncio.wait_for(client.online.wait(), 30)
            if self._tell(client, command):
                command.copies.append(self.now())
                self.note("said", f"{command.number} again, {way}")
        except asyncio.TimeoutError:
            pass
        finally:
            self.repeating.discard(command.number)

    async def _measure(self, sensor):
        choice = random.Random(f"{self.seed} {sensor}")
        value = FIRST_VALUE
        while not self.ending:
            await asyncio.sleep(choice.uniform(0.8, 2.2))
            asked, since = self.now(), time.time()
            answer = await self._ask(f"sensor {sensor} {value}", (sensor, value), asked)
            if answer is None:
                continue  # nobody listens: the board is down
            if answer not in ("ok", ""):
                self.history.crashes.append(f"the board answered \"{answer}\" to sensor {sensor}")
            self.note("sensor", f"{sensor} {value}: {answer}")
            self.history.readings.append(Reading(sensor, value, asked, answer == "ok", (since, time.time())))
            value += 1

    async def _ask(self, request, key=None, asked=None):
        """None: it was not even asked; "": asked and not answered."""
        try:
            reader, writer = await asyncio.open_unix_connection(self.board.control)
        except OSError:
            return None
        try:
            if key:
                self.known[key] = asked
            writer.write(request.encode() + b"\n")
            return (await reader.readline()).decode().strip()
        except OSError:
            return ""
        finally:
            writer.close()

    async def _weigh(self):
        while True:
            await asyncio.sleep(1)
            if self.board.process.running and not self.is_frozen:
                try:
                    self.history.memory.append(Memory(self.epoch, self.now(), self.board.memory()[0]))
                except (OSError, KeyError):
                    pass  # it has just been killed

    # The run

    def _start_board(self):
        self.epoch += 1
        self.history.started = self.now()
        self.board.start()

    async def _storm(self):
        deck = []
        while True:
            await asyncio.sleep(self.random.uniform(*self.gap))
            if self.now() >= self.seconds:
                return
            self._alive()
            if not deck:
                deck = list(self.names)
                self.random.shuffle(deck)
            name = deck.pop()
            fault = Fault(name.replace("_", " "), self.now())
            mood = self.random.random()
            self.through.clear()
            self.history.faults.append(fault)
            if mood < 0.1:
                self.relay.delay = (0, 0.2)
            elif mood < 0.2:
                self.relay.split = 20
            self.note("fault", fault.kind)
            await getattr(self, name)()
            self.relay.calm()
            fault.over = self.now()
            self.note("fault", f"{fault.kind} is over")
            try:
                await asyncio.wait_for(self.through.wait(), 2 * self.limits.recovery)
                self.tell(f"{self.server_name}: {fault.at:6.1f} s {fault.kind}, over after {fault.over - fault.at:.1f} s, recovered {fault.recovered - fault.over:.1f} s later")
            except asyncio.TimeoutError:
                self.tell(f"{self.server_name}: {fault.at:6.1f} s {fault.kind}, over after {fault.over - fault.at:.1f} s, NOT recovered")
            self.relay.bury()

    def _alive(self):
        if not self.board.process.running:
            self.history.crashes.append(f"perch ended by itself ({self.board.process.popen.poll()}): {self.board.process.text(5)}")
            self._start_board()

    async def _settled(self):
        """Until everything that was measured has arrived, but not for ever."""
        end = self.now() + self.settle
        while self.now() < end:
            arrived = {(report.sensor, report.value) for report in self.history.reports}
            if all((reading.sensor, reading.value) in arrived for reading in self.history.readings if reading.certain):
                break
            await asyncio.sleep(0.2)
        # A command that comes too late would come now.
        await asyncio.sleep(2)

    async def _run(self):
        self.began = time.monotonic()
        self.last, self.repeating, self.others = {}, set(), set()
        self.is_frozen, self.frozen_server = False, None
        self.through = asyncio.Event()
        alice, counter, account = self.server.account("alice"), self.server.account("counter"), self.server.account("board")
        self.relay = Relay(self.server.port, self.random).start()
        self.phone = Client(alice, self.server, "phone", self._reply)
        self.desk = Client(alice, self.server, "desk", self._reply)
        self.counter = Client(counter, self.server, "counter", self._report)
        self.clients = [self.phone, self.desk, self.counter]
        self.board = Board(os.path.join(self.folder, "perch"), self.server, account, {alice: "operator", counter: "viewer"}, [counter], self.relay, self._from_board)
        tasks = []
        try:
            for client in self.clients:
                client.start()
            for client in self.clients:
                await asyncio.wait_for(client.online.wait(), 30)
            self._start_board()
            await asyncio.to_thread(self.board.online)
            tasks = [asyncio.ensure_future(task) for task in (self._talk(), *(self._measure(sensor) for sensor in SENSORS), self._weigh())]
            storm = asyncio.ensure_future(self._storm())
            await asyncio.wait([storm, *tasks], return_when=asyncio.FIRST_COMPLETED)
            self.ending = True
            for task in tasks:
                if task.done():
                    task.result()  # it should not have ended: tell why
            await storm
            self.relay.calm()
            await self._settled()
            self._alive()
            self.history.interruptions += [at - self.began for at in self.relay.cuts]
            listed = await self._ask("list") or ""
            self.history.levels = {match[1]: int(match[2]) for match in re.finditer(r"(l\d\d) \S+ output ([01])", listed)}
            if len(self.history.levels) != len(LINES):
                self.history.crashes.append(f"at the end the board does not tell its lines, but \"{listed}\"")
        finally:
            for task in [*tasks, *self.others]:
                task.cancel()
            for client in self.clients:
                await client.stop()
            self.relay.close()
            if self.frozen_server:
                os.kill(self.frozen_server, signal.SIGCONT)
            if self.is_frozen:
                self.board.process.send_signal(signal.SIGCONT)
            await asyncio.to_thread(self.board.close)

    def run(self):
        try:
            asyncio.run(self._run())
        except Exception as problem:  # whatever it is, the other servers' results count
            self.history.crashes.append(f"the run ended early: {problem!r}")
        return Verdict(self.history, self.limits)
