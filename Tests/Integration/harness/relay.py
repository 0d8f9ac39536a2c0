"""A TCP relay in front of a server: counts connections, and can drop packets on the floor as a dead link does."""
import socket
import threading
import time

from .process import Timeout


class Relay:
    """`port` leads to `target` (a port on 127.0.0.1). `connections` has the time of each."""

    def __init__(self, target):
        self.target = target
        self.connections = []
        self._changed = threading.Condition()
        self._sockets, self._silent = set(), False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.connections.append(time.monotonic())
                self._changed.notify_all()
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._changed:
                self._sockets |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source, sink):
        try:
            while True:
                piece = source.recv(65536)
                if not piece:
                    break
                if not self._silent:
                    sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
            with self._changed:
                self._sockets.discard(end)

    def silence(self, silent=True):
        """Swallow what arrives in both directions, keeping the connections open."""
        self._silent = silent

    def wait_for_connections(self, count, deadline=30):
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.connections) >= count, deadline):
                raise Timeout(f"{len(self.connections)} connections within {deadline} s, not {count}")

    def close(self):
        self._listener.close()
        self.cut()

    def cut(self):
        """End every connection; new ones are welcome."""
        with self._changed:
            ends = list(self._sockets)
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
