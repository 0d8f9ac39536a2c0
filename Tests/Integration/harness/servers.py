"""The four servers that Perch is tested with, by name."""
import pytest

from .ejabberd import Ejabberd
from .prosody import Prosody
from .root import SUITES

SERVERS = list(SUITES)
# Over TLS 1.3 ejabberd 23.01 offers SCRAM-SHA-1-PLUS, names no kind of channel binding (XEP-0440) and knows tls-unique only.
UNBOUND = pytest.mark.xfail(reason="a login that guesses tls-exporter is refused: Invalid channel binding", strict=False)
# For parametrize: a test runs on each.
EACH = [pytest.param(name, id=name.replace(" ", "-"), marks=[UNBOUND] if name == "ejabberd 23.01" else []) for name in SERVERS]


def make_server(name, folder, **options):
    """A server that is not started yet. `name` is one of SERVERS; options as its class takes them."""
    program, release = name.split()
    return {"prosody": Prosody, "ejabberd": Ejabberd}[program](folder, release=release, **options)
