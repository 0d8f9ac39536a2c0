import os
import sys

import pytest

if "GPIO_VM" not in os.environ:
    pytest.exit("these tests run in a virtual machine: start them with Tests/System/run", returncode=4)

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "Hardware"), os.path.join(TESTS, "Integration")]

from garden import account, alice, prosody  # noqa: E402, F401 (fixtures)
from kernel import Line, Trace  # noqa: E402
from system import Board, System  # noqa: E402

# One machine lives through these from top to bottom, since a boot costs more than all of them.
STAGES = ["test_install", "test_init", "test_first_boot", "test_service", "test_trouble", "test_limits", "test_upgrade", "test_removal"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: STAGES.index(item.module.__name__))


@pytest.fixture(scope="session")
def package():
    """The .deb, and the same with a higher version."""
    return os.environ["PERCH_PACKAGE"]


@pytest.fixture(scope="session")
def newer():
    return os.environ["PERCH_PACKAGE_NEWER"]


@pytest.fixture(scope="session")
def system():
    return System()


@pytest.fixture(scope="session")
def board(system, account, alice):
    return Board(system, account, alice)


@pytest.fixture
def trace():
    return Trace()


@pytest.fixture(scope="session")
def lamp():
    """initial = restore, on-exit = keep. A line that is let go reads what pulls at it."""
    return Line("GPIO17")


@pytest.fixture(scope="session")
def valve():
    """initial = keep, on-exit = keep."""
    return Line("GPIO22")


@pytest.fixture(scope="session")
def pump():
    """initial = off, on-exit = off."""
    return Line("GPIO23")
