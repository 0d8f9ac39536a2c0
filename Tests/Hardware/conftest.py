import os
import subprocess
import sys

import pytest

if "GPIO_VM" not in os.environ:
    pytest.exit("these tests run in a virtual machine: start them with Tests/Hardware/run", returncode=4)

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "Integration")]

from board import Board  # noqa: E402
from chips import Chip  # noqa: E402
from contact import PATIENCE  # noqa: E402
from door import Door  # noqa: E402
from garden import account, alice, prosody  # noqa: E402, F401 (fixtures)
from kernel import Line, Trace  # noqa: E402

SYSROOT = os.environ["PERCH_SYSROOT"]
# Debian 13's program with Debian 13's libraries, on this machine's kernel and files.
DEBIAN_13 = [SYSROOT + "/lib64/ld-linux-x86-64.so.2", "--library-path", SYSROOT + "/usr/lib/x86_64-linux-gnu"]
PROGRAMS = {"libgpiod 1.6": [os.environ["PERCH"]], "libgpiod 2": [*DEBIAN_13, os.environ["PERCH_GPIOD2"]]}
SOAKS = {"libgpiod 1.6": [os.environ["SOAK"]], "libgpiod 2": [*DEBIAN_13, os.environ["SOAK_GPIOD2"]]}


# Tests/Hardware/run gives each library a machine of its own.
@pytest.fixture(scope="session", params=[name for name in PROGRAMS if name in os.environ.get("PERCH_LIBRARY", name)])
def library(request):
    return request.param


@pytest.fixture(scope="session")
def program(library):
    """The command that is perch."""
    return PROGRAMS[library]


@pytest.fixture(scope="session")
def soak(library):
    """The command that is interlock-soak."""
    return SOAKS[library]


@pytest.fixture(autouse=True)
def trace():
    return Trace()


@pytest.fixture
def board(tmp_path, program, prosody, account, alice):
    board = Board(tmp_path, program, prosody, account, alice)
    yield board
    if board.process:
        board.process.stop(deadline=PATIENCE)
        # The next test waits for the board to come; so it must be gone first.
        board.wait_until_seen(False)


@pytest.fixture
def line():
    """line("GPIO17"), line("expander", 2): left as found, pulled to ground."""
    used = []

    def make(name, offset=None):
        used.append(Line(name, offset))
        return used[-1]
    yield make
    for each in used:
        if os.path.exists(each.folder):  # else its chip was pulled out
            each.connect(0)


@pytest.fixture
def chip():
    """chip("relays", 8): a chip of gpio-sim for this test, plugged in."""
    made = []

    def make(label, count, named=True):
        made.append(Chip(label, count, named))
        return made[-1].plug()
    yield make
    for each in made:
        each.remove()


@pytest.fixture
def door(prosody):
    """The way to the server, which can be closed."""
    with Door(prosody.port) as door:
        yield door


@pytest.fixture(scope="session")
def i2c():
    """The number of a simulated I2C bus with chips at 0x48 and 0x4a (Documentation/i2c/i2c-stub.rst)."""
    for words in (["i2c-dev"], ["i2c-stub", "chip_addr=0x48,0x4a"]):
        subprocess.run(["/run/gpio-vm/busybox", "modprobe", *words], check=True)
    for bus in os.listdir("/sys/bus/i2c/devices"):
        with open(f"/sys/bus/i2c/devices/{bus}/name") as name:
            if name.read().startswith("SMBus stub"):
                return int(bus.removeprefix("i2c-"))
    raise AssertionError("there is no simulated I2C bus")
