import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness.authority import Authority  # noqa: E402
from harness.person import Person  # noqa: E402
from harness.prosody import Prosody  # noqa: E402
from harness.servers import EACH, make_server  # noqa: E402


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def prosody(tmp_path_factory, authority):
    """One server for all tests that leave it alone; each test has accounts of its own on it."""
    with Prosody(tmp_path_factory.mktemp("prosody"), authority=authority) as server:
        yield server


@pytest.fixture(scope="session")
def servers(tmp_path_factory, authority):
    """servers("ejabberd 24.12") is running until the run ends, for tests that leave it alone."""
    running = {}

    def server(name):
        if name not in running:
            running[name] = make_server(name, tmp_path_factory.mktemp(name.replace(" ", "-")), authority=authority).start()
        return running[name]
    yield server
    for one in running.values():
        one.stop()


@pytest.fixture(params=EACH)
def each_server(request, servers):
    """The test runs once on each of the four servers, which it leaves alone."""
    return servers(request.param)


@pytest.fixture(params=EACH)
def own_server(request, tmp_path, authority):
    """The test runs once on each of the four servers, each made for it alone, to be stopped and killed."""
    with make_server(request.param, tmp_path / "server", authority=authority) as server:
        yield server


@pytest.fixture
def own_prosody(tmp_path, authority):
    """A server for one test, to be stopped and killed."""
    with Prosody(tmp_path / "prosody", authority=authority) as server:
        yield server


@pytest.fixture
def person():
    """person("alice", server) is online, with a fresh account, until the test ends."""
    people = []

    def make(name, server):
        somebody = Person(server.account(name), server)
        people.append(somebody)
        return somebody.connect()
    yield make
    for somebody in people:
        somebody.disconnect()


@pytest.fixture
def perch(tmp_path):
    """perch(server, people={…}, …) is a running, connected daemon until the test ends; start=False only prepares it."""
    daemons = []

    def make(server, start=True, **options):
        from harness.perch import Perch
        board = options.pop("board", None) or server.account("board")
        daemon = Perch(tmp_path / f"perch{len(daemons)}", board, server, **options)
        daemons.append(daemon)
        if start:
            daemon.start().online()
        return daemon
    yield make
    for daemon in daemons:
        daemon.close()


@pytest.fixture
def garden(prosody, person, perch):
    """A board named `board` with alice, who is its admin, online."""
    class Garden:
        server = prosody
        alice = person("alice", prosody)

        def __init__(self):
            self.perch = perch(prosody, people={self.alice: "admin"})

        def say(self, text, deadline=10):
            return self.alice.say(self.perch.jid, text, deadline)
    return Garden()
