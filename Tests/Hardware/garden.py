"""Fixtures of every test in such a machine: a server, the board's account on it, and alice, who sees the board."""
import pytest
from contact import PATIENCE
from harness.authority import Authority
from harness.person import Person
from harness.prosody import Prosody


@pytest.fixture(scope="session")
def prosody(tmp_path_factory):
    """Boards may register themselves."""
    with Prosody(
            tmp_path_factory.mktemp("prosody"), authority=Authority(tmp_path_factory.mktemp("authority")), more="allow_registration = true\n") as server:
        yield server


@pytest.fixture(scope="session")
def account(prosody):
    """The board's."""
    return prosody.account("greenhouse")


@pytest.fixture(scope="session")
def alice(prosody, account):
    """Online all the time, with the board in her roster."""
    somebody = Person(prosody.account("alice"), prosody)
    somebody.connect(deadline=PATIENCE)
    somebody.subscribe(account.jid)
    yield somebody
    somebody.disconnect()
