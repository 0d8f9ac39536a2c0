"""The package, installed on a machine that QEMU emulates and logged in to a server on this one."""
import glob
import os
import re
import shutil
import tempfile
import time

from guest import TOP, Guest
from harness.perch import secret_file
from harness.person import Person
from monitor import Monitor

# The first command, after dpkg: perch runs as its user, and then the conversation begins.
START = "sh /installed.sh > /log 2>&1; { su -s /bin/sh perch -c 'exec perch run' >> /log 2>&1; echo perch ended with $? >> /log; } & "


class PL061:
    """QEMU's machines of its own: line 3 is the power button."""
    lamp, button = "9030000.pl061:5", "9030000.pl061:3"
    stay_outputs = True
    lamp_line = 5
    base = 0x09030000

    def level(self, monitor, line):
        # PrimeCell GPIO (PL061), section 3.3.1: the address masks the bits.
        return monitor.register(self.base + 0x3FC, "b") >> line & 1

    def is_output(self, monitor, line):
        return bool(monitor.register(self.base + 0x400, "b") >> line & 1)


class BCM2835:
    """BCM2835 ARM Peripherals, section 6.1, where the processor of a Zero has them."""
    lamp, button = "GPIO17", "GPIO27"
    # The driver of Linux 6.1 makes an input of a line that is let go, and has no setting for it yet.
    stay_outputs = False
    lamp_line = 17
    base = 0x20200000

    def level(self, monitor, line):
        return monitor.register(self.base + 0x34) >> line & 1

    def is_output(self, monitor, line):
        return monitor.register(self.base + line // 10 * 4) >> line % 10 * 3 & 7 == 1


# Machine of tools/board-vm -> its lines, and the package's architecture and suite.
CONNECTED = {"virt": (PL061(), "arm64", "trixie"), "virt32": (PL061(), "armhf", "trixie"), "raspi0": (BCM2835(), "armel", "bookworm")}


def package(architecture, suite):
    """The newest one that tools/package has built."""
    built = glob.glob(f"{TOP}/dist/perch_*~{suite}_{architecture}.deb")
    assert built, f"dist/ has no package for {architecture} and {suite}; `tools/package {architecture} {suite}` builds it"
    return max(built, key=os.path.getmtime)


class Connected:
    def __init__(self, name, folder, server):
        self.name, self.server = name, server
        self.lines, self.architecture, self.suite = CONNECTED[name]
        self.account, self.alice = server.account(name), Person(server.account("alice"), server)
        self.folder = str(folder)
        # A Unix socket's path has at most 107 bytes.
        self._short = tempfile.mkdtemp(prefix="perch.")
        self.guest = self.monitor = None

    def start(self):
        self.alice.connect()
        configuration = os.path.join(self.folder, "perch.conf")
        with open(configuration, "w") as file:
            file.write(f"""\
[account]
jid = {self.account.jid}
password-file = /etc/perch/password
server = 10.0.2.2:{self.server.port}
tls-ca = /etc/perch/ca.pem

[people]
{self.alice.jid} = admin

[line lamp]
pin = {self.lines.lamp}
on-exit = keep

[line button]
pin = {self.lines.button}
direction = input
when-on = pressed
when-off = released
report = change

[reports]
to = {self.alice.jid}
""")
        started, socket = time.monotonic(), self._short + "/monitor"
        options = ["--monitor", socket, "--package", package(self.architecture, self.suite)]
        for source, path in (
                (configuration, "/etc/perch/perch.conf"), (secret_file(self.folder, self.account), "/etc/perch/password"),
                (self.server.ca, "/etc/perch/ca.pem"), (TOP + "/Tests/Boards/installed.sh", "/installed.sh")):
            options += ["--file", f"{source}:{path}"]
        self.guest = Guest(os.path.join(self.folder, "console.log"), self.name, options, START)
        said = self.guest.wait_for("cat /package.log /log", "online as ", "perch ended with ")
        assert "online as " in said, said
        self.server.wait_for_presence(self.account)
        self.seconds = time.monotonic() - started
        self.monitor = Monitor(socket)
        return self

    def say(self, text):
        return self.alice.say(self.account.jid, text, 30)

    def level(self):
        """What the lamp's line drives, as the emulator has it."""
        return self.lines.level(self.monitor, self.lines.lamp_line)

    def memory(self):
        """Resident memory of perch and what of it is its own, KB. All files of the guest are in memory, where a page is never clean:
        anonymous memory is what is private and dirty on a board with a disk."""
        said = self.guest.read("cat /proc/$(pidof perch)/smaps_rollup")
        return tuple(int(re.search(rf"^{name}: +(\d+) kB$", said, re.MULTILINE)[1]) for name in ("Rss", "Anonymous"))

    def close(self):
        if self.monitor:
            self.monitor.close()
        if self.guest:
            self.guest.close()
        self.alice.disconnect()
        shutil.rmtree(self._short)
