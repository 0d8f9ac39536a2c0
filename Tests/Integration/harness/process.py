"""A child process whose output can be waited for."""
import os
import re
import shutil
import signal
import subprocess
import threading
import time


TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Timeout(AssertionError):
    """What was waited for did not happen; the message says what did."""


def eventually(condition, deadline=10, what="it"):
    """Ask until `condition()` is true, and return that. For states that tell nobody when they change, such as a line's level."""
    end = time.monotonic() + deadline
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise Timeout(f"{what} did not happen within {deadline} s")
        time.sleep(0.02)


class Process:
    """Starts `command` at once. Lines of standard output and error are kept together, in order of arrival."""

    def __init__(self, command, cwd=None, env=None, stdin=None, name=None):
        self.name = name or os.path.basename(command[0])
        self.lines = []
        self._changed = threading.Condition()
        self._open = 2
        # The kernel ends the child when this process dies, whatever way that happens; a session of its own keeps a
        # terminal's Ctrl-C away from it.
        guard = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        self.popen = subprocess.Popen(
            guard + command, cwd=cwd, env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", start_new_session=True)
        self.out, self.err = [], []
        for stream, kept in ((self.popen.stdout, self.out), (self.popen.stderr, self.err)):
            threading.Thread(target=self._read, args=(stream, kept), daemon=True).start()

    @property
    def pid(self):
        return self.popen.pid

    @property
    def running(self):
        return self.popen.poll() is None

    def _read(self, stream, kept):
        for line in stream:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                kept.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def wait_for_line(self, pattern, deadline=15, after=0):
        """The match of `pattern` in the first line from number `after` on that has one."""
        end = time.monotonic() + deadline
        with self._changed:
            position = after
            while True:
                while position < len(self.lines):
                    match = re.search(pattern, self.lines[position])
                    if match:
                        return match
                    position += 1
                left = end - time.monotonic()
                if left <= 0 or self._open == 0:
                    why = f"within {deadline} s" if self._open else f"before it ended ({self.popen.poll()})"
                    raise Timeout(f"{self.name} did not say /{pattern}/ {why}. It said:\n" + self.text())
                self._changed.wait(left)

    def count(self, pattern):
        with self._changed:
            return sum(1 for line in self.lines if re.search(pattern, line))

    def is_said_once(self, pattern):
        """Waits for it: what a program says reaches us by another way than its answers, and may come later."""
        self.wait_for_line(pattern)
        return self.count(pattern) == 1

    def text(self, last=60):
        with self._changed:
            return "\n".join(self.lines[-last:])

    def send_signal(self, number):
        self.popen.send_signal(number)

    def wait(self, deadline=10):
        """The exit status, once all output has been read."""
        try:
            status = self.popen.wait(deadline)
        except subprocess.TimeoutExpired:
            raise Timeout(f"{self.name} did not end within {deadline} s. It said:\n" + self.text()) from None
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0, 5)
        return status

    def stop(self, number=signal.SIGTERM, deadline=5):
        """End it in any case."""
        if self.running:
            self.popen.send_signal(number)
            try:
                self.popen.wait(deadline)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0, 5)
