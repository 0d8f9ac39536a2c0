"""What a service manager hears from its service: sd_notify(3)."""
import os
import socket
import tempfile
import time

from .process import Timeout


class Manager:
    """Listens on a socket of its own; `environment` is what a service needs to find it. With a watchdog of so many seconds."""

    def __init__(self, watchdog=None):
        # A Unix socket's path has at most 107 bytes.
        self._folder = tempfile.TemporaryDirectory(prefix="perch.")
        path = os.path.join(self._folder.name, "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self.environment = {"NOTIFY_SOCKET": path}
        if watchdog:
            self.environment["WATCHDOG_USEC"] = str(int(watchdog * 1_000_000))
        self.heard = []

    def hears(self, assignment, within):
        """Whether a message with this assignment arrives so soon. What comes before it is passed over."""
        end = time.monotonic() + within
        while True:
            self._socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                message = self._socket.recv(4096).decode().split("\n")
            except TimeoutError:
                return False
            self.heard.append(message)
            if assignment in message:
                return True

    def wait_for(self, assignment, deadline=15):
        if not self.hears(assignment, deadline):
            raise Timeout(f"no {assignment} within {deadline} s, only {self.heard[-10:]}")

    def forget(self):
        """What has come so far."""
        while self.hears("", 0):
            pass

    def close(self):
        self._socket.close()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
