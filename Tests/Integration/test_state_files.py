"""What a version of perch does with state files of another one, and with damaged ones: it comes up, and loses nothing."""
import os
import re

import pytest

from harness.perch import run

FILES = ["lines", "counters", "journal", "acted", "people", "login"]


def write(board, name, text):
    with open(os.path.join(board.state, name), "w") as file:
        file.write(text)


def check(board):
    return run("check", "--config", board.config, "--state", board.state)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_newer_version_is_put_aside_and_the_board_comes_up(prosody, person, perch, name):
    alice = person("alice", prosody)
    board = perch(prosody, start=False, people={alice: "admin"})
    text = f"perch-{name} 2\nwhat nobody knows yet\n"
    write(board, name, text)
    done = check(board)
    assert done.returncode == 1
    assert re.search(rf"/{name} is of version 2, and this perch reads version 1; the next start puts it aside as {name}\.v2", done.stderr)
    assert os.listdir(board.state) == [name]  # a check changes nothing
    board.start().online()
    board.process.wait_for_line(rf"error: .*/{name} is of version 2, .*put aside as {name}\.v2, and .*rename the file")
    with open(os.path.join(board.state, f"{name}.v2")) as file:
        assert file.read() == text
    assert alice.say(board.jid, "lamp on") == "lamp is on"
    board.stop()
    assert check(board).returncode == 0


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_put_aside_and_the_board_comes_up(prosody, perch, name):
    board = perch(prosody, start=False)
    write(board, name, "\0" * 100)
    done = check(board)
    board.start().online()
    if name == "journal":  # finds what is whole in it
        assert done.returncode == 0
        board.process.wait_for_line("the journal was damaged: 100 bytes")
        return
    assert done.returncode == 1 and f"/{name} is damaged" in done.stderr
    board.process.wait_for_line(rf"error: .*/{name} is damaged: .*put aside as {name}\.unreadable")
    assert os.path.getsize(os.path.join(board.state, f"{name}.unreadable")) == 100


@pytest.mark.parametrize("name, whole, damaged", [
    ("lines", "saved 5\non - pump\n", "on sometimes heat\n"), ("counters", "flow 123 0\n", "rain\n"),
    ("people", "person operator bob@example.org alice@example.org\n", "person king carol@example.org alice@example.org\n")])
def test_of_a_file_damaged_in_part_the_whole_lines_count(prosody, perch, name, whole, damaged):
    board = perch(prosody, start=False)
    text = f"perch-{name} 1\n{damaged}{whole}"
    write(board, name, text)
    done = check(board)
    assert done.returncode == 1 and f"/{name} is damaged in part; the next start puts it aside as {name}.unreadable" in done.stderr
    assert os.listdir(board.state) == [name]
    board.start().online()
    board.process.wait_for_line(rf"error: .*/{name} is damaged in part; it was put aside as {name}\.unreadable, and the lines of it that are whole are kept")
    with open(os.path.join(board.state, f"{name}.unreadable")) as file:
        assert file.read() == text
    if name != "lines":  # there is no pump any more
        with open(os.path.join(board.state, name)) as file:
            assert file.read() == f"perch-{name} 1\n{whole}"
    assert check(board).returncode == 0


def test_outputs_of_a_file_that_cannot_be_used_come_up_off(prosody, person, perch):
    alice = person("alice", prosody)
    lines = "[line pump]\npin = GPIO17\ndirection = output\ninitial = restore\non-exit = keep\n"
    board = perch(prosody, people={alice: "admin"}, lines=lines)
    assert alice.say(board.jid, "pump on") == "pump is on"
    board.stop()
    path = os.path.join(board.state, "lines")
    with open(path) as file:
        text = file.read()
    assert " pump\n" in text
    write(board, "lines", text.replace("perch-lines 1", "perch-lines 7"))
    board.start().online()
    assert board.get("pump") == 0
    # The newer version takes its file back.
    board.stop()
    os.replace(path + ".v7", path)
    write(board, "lines", text)
    board.start().online()
    assert board.get("pump") == 1


def test_a_file_too_large_to_be_one_is_put_aside(prosody, perch):
    board = perch(prosody, start=False)
    write(board, "counters", "perch-counters 1\n" + "x 1 0\n" * 100_000)
    assert check(board).returncode == 1
    board.start().online()
    board.process.wait_for_line(r"error: .*counters.*put aside as counters\.unreadable, and counting begins at 0")
    assert os.path.getsize(os.path.join(board.state, "counters.unreadable")) > 256 * 1024
