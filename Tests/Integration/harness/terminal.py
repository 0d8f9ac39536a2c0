"""A program on a terminal of its own, as a person at a keyboard has it."""
import os
import pty
import re
import select
import signal
import time

from .process import Timeout


class Terminal:
    """Runs `command` on a new pseudo-terminal. `shown` is everything it has printed."""

    def __init__(self, command, cwd=None, env=None):
        self.shown, self.status = "", None
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd or ".")
                os.execvpe(command[0], command, {**os.environ, **(env or {})})
            finally:
                os._exit(127)

    def type(self, text):
        os.write(self._descriptor, text.encode())

    def _read(self, seconds):
        """False at the end of the output."""
        if not select.select([self._descriptor], [], [], max(0, seconds))[0]:
            return True
        try:
            piece = os.read(self._descriptor, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)

    def expect(self, pattern, deadline=15):
        """Wait until `pattern` is shown behind what was expected before."""
        start, end = getattr(self, "_seen", 0), time.monotonic() + deadline
        while True:
            match = re.search(pattern, self.shown[start:])
            if match:
                self._seen = start + match.end()
                return match
            if time.monotonic() > end or not self._read(end - time.monotonic()):
                raise Timeout(f"the terminal did not show /{pattern}/. It showed:\n{self.shown}")

    def wait(self, deadline=10):
        """The exit status."""
        end = time.monotonic() + deadline
        while self._read(end - time.monotonic()) and time.monotonic() < end:
            pass
        while self.status is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise Timeout(f"it did not end within {deadline} s. It showed:\n{self.shown}")
            else:
                time.sleep(0.01)
        return self.status

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._descriptor)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
