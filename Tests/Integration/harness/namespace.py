"""A network of a test's own: loopback, name servers and links that nobody else sees.

It lives as long as its process and leaves nothing behind: no name under /run/netns, no file under /etc.
"""
import ctypes
import os
import shutil
import socket
import subprocess
import threading

import pytest

from .process import Process

CLONE_NEWNET = 0x40000000


def required():
    """Skip the test where the kernel does not let us make one, saying why."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    for tool in ("unshare", "nsenter", "ip"):
        if not shutil.which(tool):
            pytest.skip(f"there is no {tool}")
    done = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no network namespace can be made here: {done.stderr.strip()}")


class Namespace:
    """`resolver` is what /etc/resolv.conf says inside; only loopback is there and up."""

    def __init__(self, folder, resolver="nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"):
        required()
        path = os.path.join(str(folder), "resolv.conf")
        with open(path, "w") as file:
            file.write(resolver)
        script = f"ip link set lo up && mount --bind '{path}' /etc/resolv.conf && echo made && exec sleep infinity"
        self.holder = Process(["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", script], name="namespace")
        self.holder.wait_for_line("^made$")

    @property
    def inside(self):
        """The words before a command that shall run inside."""
        return ["nsenter", f"--target={self.holder.pid}", "--net", "--mount", "--"]

    def run(self, *words):
        done = subprocess.run([*self.inside, *words], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def connect(self, other, ours="10.9.8.1/24", theirs="10.9.8.2/24"):
        """A cable to another namespace: the link `cable` in both."""
        self.run("ip", "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", str(other.holder.pid))
        for namespace, address in ((self, ours), (other, theirs)):
            namespace.run("ip", "address", "add", address, "dev", "cable")
            namespace.run("ip", "link", "set", "cable", "up")

    def socket(self, make):
        """What `make()` gives, a socket, made inside; it stays there wherever it is used."""
        result = []

        def enter():
            # setns(2) counts for the calling thread alone, and this one ends here.
            with open(f"/proc/{self.holder.pid}/ns/net") as file:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
                    result.append(OSError(ctypes.get_errno(), "setns"))
                    return
            try:
                result.append(make())
            except OSError as problem:
                result.append(problem)
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if isinstance(result[0], OSError):
            raise result[0]
        return result[0]

    def listen(self, address="127.0.0.1", port=0):
        """A listening TCP socket inside."""
        return self.socket(lambda: socket.create_server((address, port)))

    def close(self):
        self.holder.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
