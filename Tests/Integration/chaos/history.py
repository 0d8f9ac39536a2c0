"""What was seen in a run, and the verdict on it. Times are seconds of one monotonic clock."""
import re
from dataclasses import dataclass, field

ACKNOWLEDGED = re.compile(r"^(\w+) is (on|off)\b")
REFUSED = re.compile(r"I did not do (it|this|that)|I did none|did not switch|I did nothing")
# Between the board's log and the client two threads write down when; they may swap what happens at the same time.
CLOCK_SLACK = 0.5
# A command that was said so long before a connection was cut, or before a frozen board went on, and is executed so long after
# it, is an old one that a server or a kernel has kept. The board must not take it for a new one.
BEFORE, AFTER = 1, 0.5
# SenML's times are rounded to milliseconds; the rest is a busy machine.
TIME_SLACK = 1
# While the board is online a reading is in its memory for so long before it goes to disk, if the server has not taken it over
# by then: a memory card is not written for each. Killing the program, which does not happen to a link, may lose that much.
IN_MEMORY = 10


@dataclass
class Command:
    """`toggle LINE`, said under one id, perhaps several times. Its thread is its number."""
    number: int
    line: str
    at: float
    copies: list = field(default_factory=list)  # when the same was said again under the same id


@dataclass
class Drive:
    """The board's own word: an output is driven now."""
    line: str
    on: bool
    at: float


@dataclass
class Reply:
    thread: str
    body: str
    at: float
    id: str = None


@dataclass
class Reading:
    """A sensor was made to measure this. Not `certain`: the board was killed before it said "ok"."""
    sensor: str
    value: int
    at: float
    certain: bool = True
    between: tuple = None  # seconds since 1970: it was measured in this time


@dataclass
class Report:
    sensor: str
    value: int
    at: float
    id: str = None
    delayed: bool = False
    time: float = None  # seconds since 1970 that it carries


@dataclass
class Fault:
    kind: str
    at: float
    over: float = None
    recovered: float = None


@dataclass
class Memory:
    """Resident KB of one process of the board; `epoch` counts its starts."""
    epoch: int
    at: float
    rss: int


@dataclass
class History:
    commands: list = field(default_factory=list)
    drives: list = field(default_factory=list)
    replies: list = field(default_factory=list)
    readings: list = field(default_factory=list)
    reports: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    memory: list = field(default_factory=list)
    sent: dict = field(default_factory=dict)  # id -> text of each message the board handed to its session
    taken: set = field(default_factory=set)   # ids that a server has acknowledged
    levels: dict = field(default_factory=dict)  # line -> level at the end, asked of the simulated board
    started: float = 0                        # when the last process of the board was started
    interruptions: list = field(default_factory=list)  # when a connection was cut, or the board went on after it was frozen
    kills: list = field(default_factory=list)  # when a process of the board was killed
    crashes: list = field(default_factory=list)


@dataclass
class Limits:
    """What a run is held to."""
    recovery: float          # seconds from the end of a fault to the first reply or reading sent after it
    lateness: float          # seconds from saying a command to its execution: no link lives longer without a sign of life
    growth: int = 1024       # KB that the resident memory may grow after the warm-up; one page table and some heap noise
    warm_up: float = 20      # seconds of a process's life in which it may still grow


class Verdict:
    """`problems` is empty when all went well; the numbers are for the table."""

    def __init__(self, history, limits):
        self.history, self.problems = history, []
        self._commands()
        self._late(limits)
        self._replies()
        self._readings()
        self._recovery(limits)
        self._memory(limits)
        self._levels()
        for crash in history.crashes:
            self._problem(crash)

    def _problem(self, text):
        self.problems.append(text)

    # Commands

    def _commands(self):
        """Each drive belongs to the latest command for its line that was said before it."""
        self.executions = {command.number: [] for command in self.history.commands}
        by_line = {}
        for command in self.history.commands:
            by_line.setdefault(command.line, []).append(command)
        for drive in self.history.drives:
            said = [command for command in by_line.get(drive.line, []) if command.at <= drive.at + CLOCK_SLACK]
            if said:
                self.executions[said[-1].number].append(drive)
            else:
                self._problem(f"{drive.line} was driven at {drive.at:.1f} s, and nobody had asked for it")
        self.twice = [number for number, drives in self.executions.items() if len(drives) > 1]
        for number in self.twice:
            times = ", ".join(f"{drive.at:.1f} s" for drive in self.executions[number])
            self._problem(f"command {number} was executed {len(self.executions[number])} times: at {times}")

    def _late(self, limits):
        self.lateness = 0
        for command in self.history.commands:
            for drive in self.executions[command.number]:
                said = max([command.at] + [copy for copy in command.copies if copy <= drive.at])
                late = drive.at - said
                if any(said < moment - BEFORE and drive.at > moment + AFTER for moment in self.history.interruptions):
                    self._problem(f"command {command.number} was executed {late:.1f} s after it was said, though the board was away in between")
                self.lateness = max(self.lateness, late)
                if late > limits.lateness:
                    self._problem(f"command {command.number} was executed {late:.1f} s after it was said")

    def _replies(self):
        by_thread = {}
        for reply in self.history.replies:
            by_thread.setdefault(reply.thread, []).append(reply)
        self.answered, self.refused, self.false_answers = set(), set(), []
        for command in self.history.commands:
            drives = self.executions[command.number]
            for reply in by_thread.get(str(command.number), []):
                done = ACKNOWLEDGED.match(reply.body)
                if done:
                    self.answered.add(command.number)
                    if not any(drive.line == done[1] and drive.on == (done[2] == "on") and drive.at <= reply.at + CLOCK_SLACK for drive in drives):
                        self.false_answers.append(command.number)
                        self._problem(f"command {command.number} was answered \"{reply.body}\" and not executed")
                elif REFUSED.search(reply.body):
                    self.refused.add(command.number)
                    # Of one that was executed *later* under the same id this holds all the more.
                    if drives:
                        self.false_answers.append(command.number)
                        self._problem(f"command {command.number} was answered \"{reply.body}\" and was executed")
        self.replies_raw, self.replies_doubled = self._doubles([(reply.id, (reply.thread, reply.body)) for reply in self.history.replies if reply.thread])
        for thread, body in self.replies_doubled:
            self._problem(f"the answer \"{body}\" to command {thread} came twice as different messages")

    @staticmethod
    def _doubles(seen):
        """(how often a message came again under its id, what came again under another id)."""
        ids, contents, again, doubled = set(), set(), 0, []
        for id, content in seen:
            if id is not None and id in ids:
                again += 1
                continue
            ids.add(id)
            if content in contents:
                doubled.append(content)
            contents.add(content)
        return again, doubled

    # Readings

    def _readings(self):
        known = {(reading.sensor, reading.value) for reading in self.history.readings}
        reports = [report for report in self.history.reports if (report.sensor, report.value) in known]
        self.reports_raw, self.reports_doubled = self._doubles([(report.id, (report.sensor, report.value)) for report in reports])
        for sensor, value in self.reports_doubled:
            self._problem(f"the reading {sensor} {value} came twice as different messages")
        arrived = {(report.sensor, report.value): report for report in reversed(reports)}
        self.arrived = len(arrived)
        missing = [reading for reading in self.history.readings if reading.certain and (reading.sensor, reading.value) not in arrived]
        self.lost, self.lost_by_server, self.lost_by_kill = [], [], []
        for reading in missing:
            ids = [id for id, text in self.history.sent.items() if re.match(rf"{reading.sensor} {reading.value}\b", text)]
            if any(id in self.history.taken for id in ids):
                self.lost_by_server.append(reading)  # it said that it had it, and was killed
            elif any(0 <= kill - reading.at <= IN_MEMORY for kill in self.history.kills):
                self.lost_by_kill.append(reading)
            else:
                self.lost.append(reading)
        for reading in self.lost:
            self._problem(f"the reading {reading.sensor} {reading.value} of {reading.at:.1f} s never came")
        taken = {(reading.sensor, reading.value): reading for reading in self.history.readings}
        for report in reports:
            between = taken[(report.sensor, report.value)].between
            if report.time is not None and between and not between[0] - TIME_SLACK <= report.time <= between[1] + TIME_SLACK:
                self._problem(f"the reading {report.sensor} {report.value} came with a time that is {report.time - between[0]:.1f} s after it was taken")
        latest, self.disordered = {}, []
        for report in reports:
            if report.value < latest.get(report.sensor, report.value):
                if arrived[(report.sensor, report.value)] is report:
                    self.disordered.append(report)
                    self._problem(f"the reading {report.sensor} {report.value} came after {latest[report.sensor]}")
            else:
                latest[report.sensor] = report.value

    # Time and memory

    def _recovery(self, limits):
        for fault in self.history.faults:
            if fault.over is None:
                continue
            if fault.recovered is None:
                self._problem(f"after {fault.kind} at {fault.at:.1f} s nothing came through any more")
            elif fault.recovered - fault.over > limits.recovery:
                self._problem(f"after {fault.kind} at {fault.at:.1f} s it took {fault.recovered - fault.over:.1f} s until something came through")

    def _memory(self, limits):
        self.growth, self.rss = None, None
        epochs = {}
        for sample in self.history.memory:
            epochs.setdefault(sample.epoch, []).append(sample)
        for samples in epochs.values():
            warm = [sample for sample in samples if sample.at - samples[0].at >= limits.warm_up]
            if len(warm) < 2:
                continue
            growth = warm[-1].rss - warm[0].rss
            if self.growth is None or growth > self.growth:
                self.growth, self.rss = growth, (warm[0].rss, warm[-1].rss)
            if growth > limits.growth:
                self._problem(f"the resident memory grew from {warm[0].rss} to {warm[-1].rss} KB in {warm[-1].at - warm[0].at:.0f} s")

    def _levels(self):
        """The log of drives is true: it explains the levels."""
        told = {drive.line: drive.on for drive in self.history.drives if drive.at >= self.history.started}
        for line, level in self.history.levels.items():
            if bool(level) != told.get(line, False):
                self._problem(f"{line} is {level} at the end, which no drive explains")

    # For the table

    def rows(self):
        """(kind, how many, commands said / executed / answered, readings taken / arrived, worst recovery) for each kind of fault.
        What was said and measured from a fault's beginning to the next one's counts for it."""
        faults = sorted(self.history.faults, key=lambda fault: fault.at)
        arrived = {(report.sensor, report.value) for report in self.history.reports}
        rows = {}
        for index, fault in enumerate(faults):
            end = faults[index + 1].at if index + 1 < len(faults) else float("inf")
            row = rows.setdefault(fault.kind, [0, 0, 0, 0, 0, 0, 0])
            row[0] += 1
            for command in self.history.commands:
                if fault.at <= command.at < end:
                    row[1] += 1
                    row[2] += bool(self.executions[command.number])
                    row[3] += command.number in self.answered
            for reading in self.history.readings:
                if fault.at <= reading.at < end and reading.certain:
                    row[4] += 1
                    row[5] += (reading.sensor, reading.value) in arrived
            if fault.recovered is not None and fault.over is not None:
                row[6] = max(row[6], fault.recovered - fault.over)
        return rows

    def totals(self):
        """What was sent and what arrived, by name."""
        commands = self.history.commands
        worst = [fault.recovered - fault.over for fault in self.history.faults if fault.recovered is not None and fault.over is not None]
        return {
            "faults": len(self.history.faults),
            "commands said, and again under their id": f"{len(commands)}, {sum(len(command.copies) for command in commands)}",
            "executed": sum(1 for drives in self.executions.values() if drives),
            "executed twice": len(self.twice),
            "answered as done": len(self.answered),
            "answers that were not true": len(self.false_answers),
            "readings taken": sum(1 for reading in self.history.readings if reading.certain),
            "readings that arrived": self.arrived,
            "lost": len(self.lost),
            "lost in the memory of a board that was killed": len(self.lost_by_kill),
            "lost by a killed server that had acknowledged them": len(self.lost_by_server),
            "sent again under their id": self.reports_raw,
            "doubled": len(self.reports_doubled),
            "out of order": len(self.disordered),
            "resident memory after the warm-up, at the end, KB": "{}, {}".format(*self.rss) if self.rss else "",
            "worst recovery": f"{max(worst):.1f} s" if worst else "",
        }
