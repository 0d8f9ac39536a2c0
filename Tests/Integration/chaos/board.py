"""perch behind the relay, and its own word on what it does."""
import os
import time

from harness.perch import TOP, Perch, program
from harness.process import Process

LINES = [f"l{pin:02}" for pin in range(2, 28)]
# Together they measure a little more than once a second: less than half of what the board sends at most (2000 B/s), so that
# what has piled up in an outage gets away beside what is new.
SENSORS = ["air", "soil"]


class Heard(Process):
    """Each line of output is passed on with the moment in which it was read."""

    def __init__(self, command, listener, **options):
        self._listener = listener
        super().__init__(command, **options)

    def _read(self, stream, kept):
        def listened():
            for line in stream:
                self._listener(line.rstrip("\n"), time.monotonic())
                yield line
        super()._read(listened(), kept)


class Board(Perch):
    """perch behind the relay, with 26 outputs and two sensors."""

    def __init__(self, folder, server, account, people, reports, relay, listener):
        class Behind:
            ca, port, direct_port = server.ca, relay.port, relay.port
        lines = "".join(f"\n[line {name}]\npin = GPIO{int(name[1:])}\ndirection = output\ninitial = off\non-exit = keep\n" for name in LINES)
        lines += "".join(f"\n[sensor {name}]\nsource = simulated:{name}\nunit = °C\ndigits = 0\nreport = change every 200ms..24h\n" for name in SENSORS)
        self.listener = listener
        super().__init__(folder, account, Behind, people=people, reports=reports, lines=lines)

    def start(self):
        self.process = Heard(
            [program(), "run", "--verbose", "--config", self.config, "--state", self.state], self.listener, cwd=TOP, name="perch",
            env={"PERCH_DATA": os.path.join(TOP, "devices"), "NOTIFY_SOCKET": "", "JOURNAL_STREAM": ""})
        return self
