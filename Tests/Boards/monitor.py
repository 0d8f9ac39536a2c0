"""QEMU's own view of a machine, from outside the guest (QMP)."""
import json
import re
import socket


class Monitor:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(path)
        self._lines = self._socket.makefile("r")
        assert "QMP" in json.loads(self._lines.readline())
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self._lines.readline())
            assert "error" not in answer, answer
            # What has neither is an event.
            if "return" in answer:
                return answer["return"]

    def register(self, address, size="w"):
        """A register of a device, or a piece of memory; the size is w for 32 bits, b for 8."""
        said = self.execute("human-monitor-command", **{"command-line": f"xp /1x{size} {address:#x}"})
        return int(re.fullmatch(r"[0-9a-f]+: (0x[0-9a-f]+)\s*", said)[1], 16)

    def close(self):
        self._lines.close()
        self._socket.close()
