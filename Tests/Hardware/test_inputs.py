"""What real input lines do to perch."""
import re

from contact import PATIENCE

DOOR = "[line door]\npin = GPIO27\npart = contact\nreport = change\n"


def told(board, pattern, after):
    """The first message from position `after` on that has the pattern."""
    return board.alice.next_message(
        board.account.jid, after=after, deadline=PATIENCE, matching=lambda message: re.search(pattern, message.body)).body


def test_the_edge_of_a_real_line_becomes_a_message(board, line):
    door = line("GPIO27")
    board.start(DOOR)
    heard = len(board.alice.messages)
    door.connect(0)
    assert told(board, r"door\b.*closed", heard)
    heard = len(board.alice.messages)
    door.connect(1)
    assert told(board, r"door\b.*open", heard)


def test_the_pull_of_a_part_is_set_and_kept(board, line):
    door, motion = line("GPIO27"), line("GPIO4")
    door.connect(0)
    board.start(DOOR + "[line hall]\npin = GPIO4\npart = pir\n")
    assert door.pull == "pull-up", "the contact has no pull-up"
    assert motion.pull == "pull-down"
    assert "open" in board.ask("door?"), "a contact that is open must read as open"
    assert "quiet" in board.ask("hall?")


def test_active_low_turns_the_words_round(board, line):
    line("GPIO22"), line("GPIO23")
    board.start(
        "[line lid]\npin = GPIO22\npart = contact\n"
        "[line hatch]\npin = GPIO23\npart = contact\nactive-low = no\n")
    # Both are pulled up and open circuits.
    assert "open" in board.ask("lid?")
    assert "closed" in board.ask("hatch?")


def test_the_level_at_the_end_of_bouncing_is_the_one_reported(board, line):
    button = line("GPIO24")
    board.start("[line bell]\npin = GPIO24\npart = button\ndebounce = 50ms\nreport = change\n")
    heard = len(board.alice.messages)
    for _ in range(20):
        button.connect(0)
        button.connect(1)
    button.connect(0)
    assert told(board, r"bell\b.*pressed", heard)
    assert "pressed" in board.ask("bell?")


def test_an_input_cannot_be_switched(board, line):
    line("GPIO27")
    board.start(DOOR)
    answer = board.ask("door on")
    assert "input" in answer or "cannot" in answer, answer
