"""Between the board and its server."""
from harness.relay import Relay


class Door(Relay):
    """While it is shut the server cannot be reached, as after a cable was pulled out: what is open ends, nothing new begins."""

    is_shut = False

    @property
    def server(self):
        """As `server =` in the configuration takes it."""
        return f"127.0.0.1:{self.port}"

    def serve(self, plain):
        if self.is_shut:
            plain.close()
        else:
            super().serve(plain)

    def shut(self):
        self.is_shut = True
        self.cut()

    def open(self):
        self.is_shut = False
