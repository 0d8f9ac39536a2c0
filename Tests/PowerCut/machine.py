"""A machine of tools/gpio-vm with a disk of its own, as seen from outside."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LIMIT = 600
# Where mkfs.ext4, e2fsck and debugfs are, which not everybody's PATH has.
os.environ["PATH"] += ":/usr/sbin:/sbin"
#: What tools/gpio-vm ends with after the power was cut.
CUT = 137
PASSED_ON = ("PERCH", "PERCH_GPIOD2", "PERCH_SYSROOT", "PERCH_DATA", "PYTHONDONTWRITEBYTECODE")


class Machine:
    """`folder` is shared with it; the disk keeps what it has between boots."""

    # Small, because tests look at hundreds of states of it. 1 MB of it is the journal, the smallest there is.
    SIZE = 8 << 20

    def __init__(self, folder, library):
        self.folder, self.library = str(folder), library
        self.disk, self.log = f"{folder}/disk", f"{folder}/disk.log"
        with open(self.disk, "wb") as file:
            file.truncate(self.SIZE)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-J", "size=1", self.disk], check=True, stdin=subprocess.DEVNULL)

    def boot(self, script, *arguments, logged=False):
        """Run a script of this folder there; what it wrote to `result` before the end or the cut, and the machine's exit status."""
        result = f"{self.folder}/result"
        if os.path.exists(result):
            os.remove(result)
        words = [f"{TOP}/tools/gpio-vm", "--timeout", str(LIMIT), "--share", self.folder, "--disk", self.disk]
        if logged:
            words += ["--disk-log", self.log]
        for name, value in {**{name: os.environ[name] for name in PASSED_ON}, "PERCH_LIBRARY": self.library}.items():
            words += ["--env", f"{name}={value}"]
        done = subprocess.run(
            [*words, sys.executable, f"{HERE}/{script}", self.folder, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace")
        assert os.path.exists(result), f"{script} came to nothing, status {done.returncode}:\n{done.stdout}\n{done.stderr}"
        with open(result) as file:
            return json.load(file), done.returncode


def lines(text):
    """What a state file brings back: name -> ("on" or "off", when that ends, in ms, or None). Anything that is not such a file is an error."""
    first, saved, *rows = text.removesuffix("\n").split("\n")
    assert text.endswith("\n") and first == "perch-lines 1" and saved.startswith("saved "), f"a damaged file: {text!r}"
    found = {}
    for row in rows:
        level, until, name = row.split(" ", 2)
        assert level in ("on", "off"), f"a damaged file: {text!r}"
        found[name] = (level, None if until == "-" else int(until))
    return found
