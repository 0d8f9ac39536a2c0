"""The far ends of the wires: what an output drives, what an input is connected to; and what the kernel was told to do."""
import os
import re
import time

SIM, TRACING = "/run/gpio-sim", "/sys/kernel/tracing"
ENTRY = re.compile(r"\s*.*-\d+\s+\[\d+\]\s+\S+\s+([\d.]+): (\w+): (.*)")


class Line:
    """A line of gpio-sim, by its name or by its chip's label and offset. Levels are physical: 1 is 3.3 V."""

    def __init__(self, name, offset=None):
        self.folder = os.path.realpath(f"{SIM}/lines/{name}" if offset is None else f"{SIM}/sysfs-{name}/sim_gpio{offset}")
        chip, _, offset = self.folder.rpartition("/sim_gpio")
        label = next(entry for entry in os.listdir(SIM) if entry.startswith("sysfs-") and os.path.realpath(f"{SIM}/{entry}") == chip)
        #: The kernel's number for it, as its trace has it.
        self.number = bases()[label.removeprefix("sysfs-")] + int(offset)

    @property
    def level(self):
        """What is on the wire now."""
        return int(read(self.folder + "/value"))

    @property
    def pull(self):
        """"pull-up" or "pull-down": what holds the wire while nobody drives it."""
        return read(self.folder + "/pull")

    def connect(self, level):
        """Connect an input to 3.3 V (1) or to ground (0)."""
        with open(self.folder + "/pull", "w") as file:
            file.write("pull-up" if level else "pull-down")

    def wait(self, level, deadline=30):
        end = time.monotonic() + deadline
        while self.level != level:
            # Nothing tells about a change of this file, so it is looked at again and again.
            assert time.monotonic() < end, f"the line did not become {level} within {deadline} s"
            time.sleep(0.02)


def read(path):
    with open(path) as file:
        return file.read().strip()


def bases():
    """Chip label -> number of its first line."""
    root = "/sys/class/gpio"
    return {read(f"{root}/{chip}/label"): int(read(f"{root}/{chip}/base")) for chip in os.listdir(root) if chip.startswith("gpiochip")}


class Trace:
    """The kernel's record of all that was done to GPIO lines (trace events gpio_value and gpio_direction)."""

    def __init__(self):
        if not os.path.exists(TRACING + "/trace"):
            assert os.system(f"mount -t tracefs tracefs {TRACING}") == 0
        self._write("trace_clock", "mono")
        self._write("events/gpio/enable", "1")
        self._write("trace", "")

    def _write(self, name, text):
        with open(f"{TRACING}/{name}", "w") as file:
            file.write(text)

    def mark(self, word):
        """Note a moment, for `changes(after=word)`."""
        self._write("trace_marker", word)

    def when(self, word):
        """The moment of a mark."""
        for entry in read(TRACING + "/trace").splitlines():
            match = re.search(r"([\d.]+): tracing_mark_write: (.*)", entry)
            if match and match[2].strip() == word:
                return float(match[1])
        raise AssertionError(f"nothing was marked {word}")

    def keep(self, kilobytes):
        """Room for so much, instead of for some 20,000 changes."""
        self._write("buffer_size_kb", str(kilobytes))

    def every_change(self, lines):
        """(seconds, index into `lines`, level driven) of all of them together, oldest first; (seconds, None, word) for marks. Fails when the
        kernel had to forget any."""
        numbers = {line.number: index for index, line in enumerate(lines)}
        with open(TRACING + "/trace") as file:
            for entry in file:
                match = ENTRY.match(entry)
                if match is None:
                    counts = re.match(r"# entries-in-buffer/entries-written: (\d+)/(\d+)", entry)
                    assert counts is None or counts[1] == counts[2], "the trace's buffer was too small"
                elif match[2] == "tracing_mark_write":
                    yield float(match[1]), None, match[3].strip()
                elif match[2] == "gpio_value" and (value := re.match(r"(\d+) set (\d)", match[3])) and int(value[1]) in numbers:
                    yield float(match[1]), numbers[int(value[1])], int(value[2])

    def changes(self, line, pid=None, after=None):
        """[(seconds, level driven)] of one line, oldest first; only what `pid` did, only after the mark."""
        found, seen = [], after is None
        for entry in read(TRACING + "/trace").splitlines():
            match = re.match(r"\s*.*-(\d+)\s+\[\d+\]\s+\S+\s+([\d.]+): (\w+): (.*)", entry)
            if not match:
                continue
            who, when, event, rest = int(match[1]), float(match[2]), match[3], match[4]
            if event == "tracing_mark_write":
                seen = seen or rest.strip() == after
            elif event == "gpio_value" and seen and pid in (None, who):
                value = re.fullmatch(r"(\d+) set (\d)", rest.strip())
                if value and int(value[1]) == line.number:
                    found.append((when, int(value[2])))
        return found

    def levels(self, line, pid=None, after=None):
        """The levels driven, in order."""
        return [level for _, level in self.changes(line, pid, after)]

    def wait_for(self, count, line, after=None, deadline=60):
        """The first `count` changes of one line."""
        end = time.monotonic() + deadline
        while len(found := self.changes(line, after=after)) < count:
            assert time.monotonic() < end, f"only {found} within {deadline} s"
            time.sleep(0.05)
        return found[:count]


class Wires:
    """Inputs that are connected to 3.3 V and ground as quickly as this machine can."""

    def __init__(self, lines):
        self._files = [os.open(line.folder + "/pull", os.O_WRONLY) for line in lines]
        self.levels = [line.pull == "pull-up" for line in lines]

    def set(self, index, level):
        self.levels[index] = bool(level)
        os.pwrite(self._files[index], b"pull-up" if level else b"pull-down", 0)

    def toggle(self, index=0):
        self.set(index, not self.levels[index])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for file in self._files:
            os.close(file)
