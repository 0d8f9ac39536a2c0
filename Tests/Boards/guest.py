"""A conversation with a machine that QEMU emulates (tools/board-vm): command lines in; status, output and errors out."""
import base64
import collections
import os
import re
import select
import shlex
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The machine boots in 10 to 30 s and answers at once; other work on this one makes it slower.
PATIENCE = 180
# Each answer is a line with status and lengths, then the output and what went to standard error, then an empty line.
LOOP = ('while IFS= read -r line; do eval "$line" > /tmp/out 2> /tmp/err < /dev/null;'
        ' echo "$? $(wc -c < /tmp/out) $(wc -c < /tmp/err)"; cat /tmp/out /tmp/err; echo; done')
# BCM2835 ARM Peripherals, section 6.1, where the Raspberry Pi 3 has them.
REGISTERS = 0x3F200000
FUNCTION, LEVEL = 0x00, 0x34

Answer = collections.namedtuple("Answer", "status output errors")


class Guest:
    """`machine` and `options` are those of tools/board-vm, `first` is shell before the conversation."""

    def __init__(self, log, machine="raspi3b", options=(), first=""):
        self.process = subprocess.Popen(
            [TOP + "/tools/board-vm", "--machine", machine, "--timeout", "600", "--log", log, *options, "sh", "-c", first + LOOP],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._kept = b""

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _more(self, end):
        readable, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
        piece = os.read(self.process.stdout.fileno(), 65536) if readable else b""
        assert piece, f"no answer within {PATIENCE} s, after {self._kept!r}" if not readable else "the machine is gone"
        self._kept += piece

    def run(self, command):
        """Run one line of shell and wait for its end. What it leaves in the background needs redirections of its own."""
        assert "\n" not in command
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        end = time.monotonic() + PATIENCE
        while b"\n" not in self._kept:
            self._more(end)
        head, self._kept = self._kept.split(b"\n", 1)
        status, out, err = map(int, head.split())
        while len(self._kept) < out + err + 1:
            self._more(end)
        texts = self._kept[:out].decode(), self._kept[out:out + err].decode()
        self._kept = self._kept[out + err + 1:]
        return Answer(status, *texts)

    def read(self, command):
        """The output of a command that has to succeed."""
        answer = self.run(command)
        assert answer.status == 0, f"{command}: {answer}"
        return answer.output

    def write(self, path, text):
        coded = base64.b64encode(text.encode()).decode()
        self.read(f"echo {coded} | base64 -d > {shlex.quote(path)}")

    def wait_for(self, command, *texts):
        """Run `command` until its output has one of these, and return the output."""
        end = time.monotonic() + PATIENCE
        while not any(text in (output := self.run(command).output) for text in texts):
            assert time.monotonic() < end, f"no {' or '.join(texts)!r} in {output!r}"
            # Every question takes processor time away from what is waited for.
            time.sleep(0.2)
        return output

    def _register(self, offset):
        return int(self.read(f"devmem {REGISTERS + offset:#x}"), 16)

    def is_output(self, line):
        """Whether the processor drives a line, by its own register."""
        function = self._register(FUNCTION + line // 10 * 4) >> line % 10 * 3 & 7
        assert function in (0, 1), f"line {line} has the alternate function {function}"
        return function == 1

    def level(self, line):
        return self._register(LEVEL) >> line & 1

    def kernel_lines(self):
        """Chip label -> {offset: (name, consumer, what the kernel says of it)}, from the kernel's own list."""
        found = {}
        for line in self.read("cat /sys/kernel/debug/gpio").splitlines():
            if chip := re.match(r"gpiochip\d+: GPIOs (\d+)-\d+, parent: [^,]*, ([^,:]+)", line):
                base, lines = int(chip[1]), found.setdefault(chip[2], {})
            elif entry := re.match(r" gpio-(\d+) \((.{20})(?:\|(.{20}))?\)(.*)", line):
                lines[int(entry[1]) - base] = (entry[2].strip(), (entry[3] or "").strip(), entry[4].split())
        return found
