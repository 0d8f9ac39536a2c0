"""Product §4: offline in every roster within offline-after. The long form is tools/offline-after."""
import pytest

from harness.absence import measure, table
from harness.fragments import patience, quick_login, scaled
from harness.namespace import required
from harness.servers import EACH, SERVERS, make_server

SECONDS = 30


@pytest.fixture(scope="module")
def absences(tmp_path_factory, authority):
    """Four boards on each of four servers, configured as docs/servers.md says, go missing at the same time."""
    required()
    found = measure(tmp_path_factory.mktemp("absence"), SECONDS, limit=SECONDS + 15, authority=authority)
    print(table(found, SECONDS + 15))
    return {(one.server, one.fault): one for one in found}


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("fault", ["killed", "frozen", "cut"])
def test_a_board_that_went_silent_is_offline_within_offline_after(absences, name, fault):
    assert absences[name, fault].gone is not None and absences[name, fault].gone <= SECONDS


@pytest.mark.parametrize("name", EACH)
def test_a_board_that_says_goodbye_is_offline_at_once_and_says_why(absences, name):
    assert absences[name, "goodbye"].gone is not None and absences[name, "goodbye"].gone <= 2
    assert absences[name, "goodbye"].status


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("fault", ["killed", "frozen", "cut"])
def test_a_board_whose_fault_is_over_is_back_by_itself(absences, name, fault):
    assert absences[name, fault].returned is not None


@pytest.mark.parametrize("name", EACH)
def test_a_server_set_up_for_a_quick_login_lets_the_board_in(name, tmp_path, authority, person, perch):
    with make_server(name, tmp_path / "server", authority=authority, **quick_login(name)) as server:
        alice = person("alice", server)
        board = perch(server, people={alice: "admin"})
        board.stop()
        board.start().online()
        assert alice.say(board.jid, "lamp on") == "lamp is on"


@pytest.mark.parametrize("name", SERVERS)
def test_the_document_is_about_two_minutes_and_scales(name):
    long, short = (str(patience(name, seconds)) for seconds in (120, 30))
    assert ("24" in long and "60" in long) if name.startswith("prosody") else ("32 sec" in long and "16 sec" in long)
    assert ("= 6 " in short and "15" in short) if name.startswith("prosody") else ("8 sec" in short and "4 sec" in short)


def test_numbers_in_comments_are_not_scaled():
    assert scaled("a = 20 -- 20\n# 4", 0.5) == "a = 10 -- 20\n# 4\n"
