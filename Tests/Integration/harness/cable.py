"""A namespace that a network cable leads to, which can be pulled."""
import json
import os
import random
import subprocess

from .namespace import Namespace


def ip(*words):
    done = subprocess.run(["ip", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


class Cable(Namespace):
    """The near end, out here, has `address`, for servers to listen on."""

    def __init__(self, folder):
        super().__init__(folder)
        # 198.18.0.0/15 is for measurements (RFC 2544), so it is in nobody's way but that of another run of ours.
        taken = [entry.get("local", "") for link in json.loads(ip("-json", "address")) for entry in link["addr_info"]]
        number = random.choice([number for number in range(256) if f"198.19.{number}.1" not in taken])
        self.address, self.device = f"198.19.{number}.1", f"perch{os.getpid() % 100000}n{number}"
        try:
            ip("link", "add", self.device, "type", "veth", "peer", "name", "veth0", "netns", str(self.holder.pid))
            ip("address", "add", f"{self.address}/24", "dev", self.device)
            ip("link", "set", self.device, "up")
            self.run("ip", "address", "add", f"198.19.{number}.2/24", "dev", "veth0")
            self.plug()
        except BaseException:
            self.close()
            raise

    def pull(self):
        """Nothing arrives any more, and nobody at the near end is told."""
        self.run("ip", "link", "set", "veth0", "down")

    def plug(self):
        self.run("ip", "link", "set", "veth0", "up")

    def close(self):
        # The device would stay for as long as any program in the namespace.
        subprocess.run(["ip", "link", "delete", self.device], stdin=subprocess.DEVNULL, capture_output=True)
        super().close()
