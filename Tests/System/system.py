"""The other Debian of the machine, where systemd runs: its files, its commands, its service perch and its journal."""
import json
import os
import re
import stat
import subprocess

from contact import PATIENCE, Contact
from harness.process import eventually

ROOT = "/proc/1/root"


class System:
    def command(self, *words):
        """The command that runs a command there."""
        return ["chroot", ROOT, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root", "DEBIAN_FRONTEND=noninteractive",
                "SYSTEMD_COLORS=0", *words]

    def run(self, *words, check=True, **options):
        """Run a command there: its standard output. Without `check`: (status, what it said on both)."""
        done = subprocess.run(
            self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE if check else subprocess.STDOUT, text=True,
            errors="replace", timeout=PATIENCE, **options)
        if not check:
            return done.returncode, done.stdout
        assert done.returncode == 0, f"{' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def path(self, path):
        """What is `path` there, from here."""
        return ROOT + path

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def read(self, path):
        with open(self.path(path)) as file:
            return file.read()

    def write(self, path, text, mode=0o644, group=None):
        with open(os.open(self.path(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
        if group:
            self.run("chgrp", group, path)

    def owner(self, path):
        """(mode, "user:group")"""
        return stat.S_IMODE(os.stat(self.path(path)).st_mode), self.run("stat", "-c", "%U:%G", path).strip()

    def copy(self, source, path):
        with open(source) as file:
            self.write(path, file.read())

    def install(self, package, check=True):
        """As somebody does who downloaded it: apt, without a network."""
        name = os.path.basename(package)
        with open(package, "rb") as source, open(self.path("/root/" + name), "wb") as copy:
            copy.write(source.read())
        return self.run("apt-get", "install", "-y", "-q", "-o", "Dpkg::Use-Pty=0", "--allow-downgrades", f"/root/{name}", check=check)

    def unconfigure(self):
        """As the package leaves a board, before anybody has set it up."""
        self.systemctl("stop", "perch")
        for folder in ("/etc/perch", "/var/lib/perch"):
            self.run("find", folder, "-mindepth", "1", "-delete")

    # The service

    def systemctl(self, *words, check=True):
        return self.run("systemctl", *words, check=check)

    def show(self, *names, unit="perch.service"):
        """The properties of the unit with these names."""
        rows = self.systemctl("show", unit, *(f"--property={name}" for name in names)).splitlines()
        found = dict(row.split("=", 1) for row in rows)
        return found[names[0]] if len(names) == 1 else [found[name] for name in names]

    @property
    def pid(self):
        return int(self.show("MainPID"))

    def wait_for(self, name, value, deadline=PATIENCE):
        eventually(lambda: self.show(name) == value, deadline, f"perch.service's {name} = {value}, now {self.show(name)},")

    # The journal

    def mark(self):
        """A place in the journal."""
        return self.run("journalctl", "-n", "0", "--show-cursor", "-q").strip().removeprefix("-- cursor: ")

    def journal(self, mark=None, *matches):
        """[(seconds since the boot, who, what)] after the mark."""
        words = ["journalctl", "-q", "-o", "json", *matches] + ([f"--after-cursor={mark}"] if mark else [])
        entries = [json.loads(row) for row in self.run(*words).splitlines()]
        return [(int(entry["__MONOTONIC_TIMESTAMP"]) / 1e6, entry.get("SYSLOG_IDENTIFIER", "?"), str(entry.get("MESSAGE"))) for entry in entries]

    def log(self, mark=None, unit="perch.service"):
        """What the unit and systemd said about it, as text."""
        return "\n".join(f"{when:.3f} {who}: {what}" for when, who, what in self.journal(mark, "-u", unit))

    def wait_for_log(self, pattern, mark=None, unit="perch.service"):
        """(seconds since the boot, match) of the first entry."""
        def found():
            for when, _, what in self.journal(mark, "-u", unit):
                if match := re.search(pattern, what):
                    return when, match
            return None
        try:
            return eventually(found, PATIENCE, f"/{pattern}/ in the journal")
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.log(mark, unit)}") from None


class Board(Contact):
    """The service as alice sees it."""

    def __init__(self, system, account, alice):
        super().__init__(account, alice)
        self.system = system

    def log(self):
        return self.system.log()

    def wait_online(self, mark):
        """Until a service that was started after `mark` is there: one more presence may have come from the one before."""
        self.system.wait_for_log("^online as ", mark)
        self.wait_until_seen()
