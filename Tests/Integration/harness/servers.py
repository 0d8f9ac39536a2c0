"""The four servers that Perch is tested with, by name."""
import pytest

from .ejabberd import Ejabberd
from .prosody import Prosody
from .root import SUITES

SERVERS = list(SUITES)
# For parametrize: a test runs on each.
EACH = [pytest.param(name, id=name.replace(" ", "-")) for name in SERVERS]


def make_server(name, folder, **options):
    """A server that is not started yet. `name` is one of SERVERS; options as its class takes them."""
    program, release = name.split()
    return {"prosody": Prosody, "ejabberd": Ejabberd}[program](folder, release=release, **options)
