"""A TCP listener on 127.0.0.1 that serves each connection in a thread of its own: what Relay and Rogue have in common."""
import socket
import threading
import time

from .process import Timeout


class Listener:
    """`port` was chosen by the kernel; `connections` has the time of each. `serve(plain)` is the subclass's; sockets that it
    adds to `_open` are shut down by `close()`. A given `listener` is used as it is."""

    def __init__(self, listener=None):
        self.connections = []
        self._changed = threading.Condition()
        self._open = set()
        self._listener = listener or socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.connections.append(time.monotonic())
                self._open.add(plain)
                self._changed.notify_all()
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        raise NotImplementedError

    def wait_for(self, condition, deadline):
        """Wait until `condition()` is true, asking whenever something happened here; whether it is."""
        with self._changed:
            return self._changed.wait_for(condition, deadline)

    def wait_for_connections(self, count, deadline=30):
        if not self.wait_for(lambda: len(self.connections) >= count, deadline):
            raise Timeout(f"{len(self.connections)} connections within {deadline} s, not {count}")

    def close(self):
        self._listener.close()
        self.cut()

    def cut(self):
        """End every connection; new ones are welcome."""
        with self._changed:
            ends = list(self._open)
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
