"""A TCP relay in front of a server: counts connections, and can drop packets on the floor as a dead link does."""
import socket
import threading

from .listener import Listener


class Relay(Listener):
    """`port` leads to `target` (a port on 127.0.0.1). `connections` has the time of each."""

    def __init__(self, target):
        self.target, self._silent = target, False
        super().__init__()

    def serve(self, plain):
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            plain.close()
            return
        far.settimeout(None)
        with self._changed:
            self._open.add(far)
        threading.Thread(target=self._copy, args=(far, plain), daemon=True).start()
        self._copy(plain, far)

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
                self._open.discard(end)

    def silence(self, silent=True):
        """Swallow what arrives in both directions, keeping the connections open."""
        self._silent = silent
