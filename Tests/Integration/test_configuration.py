"""Wrong and changed configurations, from outside: exit codes, what is printed, what a reload does."""
import os
import re
import socket
import time

import pytest

from harness.perch import run, secret_file


def test_every_mistake_is_told_at_once_with_file_and_line_and_exit_78(prosody, perch):
    board = perch(prosody, start=False)
    text = board.text().replace("part = relay", "part = relais", 1).replace("pin = GPIO27", "pin = GPIO99").replace("on-exit", "onexit")
    board.write(text)
    done = run("run", "--config", board.config, "--state", board.state)
    assert done.returncode == 78
    for wrong in ("relais", "GPIO99", "onexit"):
        number = next(i for i, line in enumerate(text.splitlines(), 1) if wrong in line)
        assert re.search(rf"perch\.conf:{number}: .*{wrong}", done.stderr), f"{wrong} in line {number} is missing in:\n{done.stderr}"
    assert "on-exit" in done.stderr, "the nearest valid spelling"
    assert prosody.process.count(re.escape(board.jid)) == 0, "nothing was started"


def test_every_mistake_about_pins_is_told_at_once_with_what_to_write(prosody, perch):
    board = perch(prosody, start=False)
    pins = {
        "gpiochip0:17": "chip numbers", "pin 11": "pin 11 is GPIO17, which is already the pin of lamp", "pin 6": "`perch lines` shows",
        "P8_11": "lines have names such as GPIO2", "GPIO71": "did you mean GPIO17"}
    board.write(board.text() + "".join(f"\n[line wrong{number}]\npin = {pin}\npart = led\n" for number, pin in enumerate(pins)))
    for command in ("check", "run"):
        done = run(command, "--config", board.config)
        assert done.returncode == 78, command
        said = [line for line in done.stderr.splitlines() if "wrong" in line]
        assert len(said) == len(pins), done.stderr
        for number, (line, remedy) in enumerate(zip(said, pins.values())):
            assert re.search(rf"perch\.conf:\d+: wrong{number}: .*{re.escape(remedy)}", line), line


def test_check_finds_the_same_mistakes_as_run(prosody, perch):
    board = perch(prosody, start=False)
    board.write(board.text().replace("pin = GPIO27", "pin = GPIO99").replace("[board]", "[bord]"))
    ran, checked = run("run", "--config", board.config), run("check", "--config", board.config)
    assert ran.returncode == checked.returncode == 78
    places = [sorted(re.findall(r"perch\.conf:\d+", text)) for text in (ran.stdout + ran.stderr, checked.stdout + checked.stderr)]
    assert places[0] == places[1] != []


def test_check_accepts_a_good_configuration(prosody, perch):
    board = perch(prosody, start=False)
    done = run("check", "--config", board.config)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_missing_configuration_file_is_named(tmp_path):
    done = run("run", "--config", str(tmp_path / "nowhere.conf"))
    assert done.returncode == 78
    assert "nowhere.conf" in done.stderr


def test_a_password_file_that_everybody_can_read_is_refused(prosody, perch):
    board = perch(prosody, start=False)
    os.chmod(secret_file(board.folder, board.board), 0o644)
    done = run("run", "--config", board.config, "--state", board.state)
    assert done.returncode == 78
    assert "password-" in done.stderr and "chmod" in done.stderr


def test_the_systemd_credential_is_used_instead_of_a_file(prosody, perch, tmp_path):
    board = perch(prosody, start=False)
    board.write(re.sub(r"password-file = .*\n", "", board.text()))
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "password").write_text(board.board.password)
    done = run("check", "--connect", "--config", board.config, env={"CREDENTIALS_DIRECTORY": str(credentials)})
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("garbage", [b"\xff\xfe\x00[account]", b"[account\njid", b"=\n" * 500, b"[line " + b"x" * 5000 + b"]\n", b"\x00" * 100])
def test_garbage_is_a_configuration_error_and_nothing_worse(tmp_path, garbage):
    path = tmp_path / "perch.conf"
    path.write_bytes(garbage)
    done = run("check", "--config", str(path))
    assert done.returncode == 78
    assert "perch.conf" in done.stdout + done.stderr


def test_a_reload_applies_changed_people_and_lines_without_dropping_the_stream(prosody, perch, person):
    alice, bob = person("alice", prosody), person("bob", prosody)
    board = perch(prosody, people={alice: "admin"})
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")
    alice.say(board.jid, "lamp on")
    board.people[bob] = "operator"
    board.more = "\n[line pump]\npin = GPIO6\npart = relay\n"
    board.write()
    position = board.reload()
    board.process.wait_for_line(r"(?i)reloaded|applied", after=position)
    assert bob.say(board.jid, "pump on") == "pump is on"
    assert board.get("lamp") == 1, "a line that did not change keeps its level"
    assert board.process.count("online as ") == 1
    assert [seen for seen in alice.presences if seen.bare == board.jid and seen.type == "unavailable" and "/" in seen.sender] == []


def test_a_reload_of_a_bad_file_keeps_the_old_configuration_and_says_what_is_wrong(garden):
    text = garden.perch.text()
    garden.perch.write(text.replace("pin = GPIO17", "pin = GPIO177"))
    position = garden.perch.reload()
    garden.perch.process.wait_for_line(r"perch\.conf:\d+: .*GPIO177", after=position)
    assert garden.say("lamp on") == "lamp is on"
    assert garden.perch.get("lamp") == 1


def test_a_reload_with_another_account_begins_offline(prosody, perch, person):
    alice = person("alice", prosody)
    lines = "\n[line lamp]\npin = GPIO17\npart = relay\ninitial = off\non-disconnect = off after 1s\n"
    board = perch(prosody, people={alice: "admin"}, lines=lines)
    assert alice.say(board.jid, "lamp on") == "lamp is on"
    # Nobody answers there: neither online nor told that it is not, and the lamp must follow its policy.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        board.write(board.text().replace(f"127.0.0.1:{prosody.port}", f"127.0.0.1:{silent.getsockname()[1]}"))
        position = board.reload()
        board.process.wait_for_line("the account has changed", after=position)
        deadline = time.monotonic() + 10
        while board.get("lamp") == 1:
            assert time.monotonic() < deadline, "the lamp is still on"
            time.sleep(0.05)


def test_what_was_on_is_restored_after_a_crash(prosody, perch, person):
    import signal
    alice = person("alice", prosody)
    lines = "\n[line lamp]\npin = GPIO17\npart = relay\ninitial = restore\n[line fan]\npin = GPIO22\npart = relay\ninitial = off\n"
    board = perch(prosody, people={alice: "admin"}, lines=lines)
    assert alice.say(board.jid, "lamp on") == "lamp is on"
    assert alice.say(board.jid, "fan on") == "fan is on"
    board.stop(signal.SIGKILL)
    board.start().online()
    assert (board.get("lamp"), board.get("fan")) == (1, 0)
