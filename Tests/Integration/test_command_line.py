"""The one-shot commands: exit codes and what they print (product §8)."""
import glob

import pytest

from harness.perch import TOP, program, run, secret_file
from harness.terminal import Terminal


def chat(server, somebody, tmp_path, *words, input=None, **options):
    return run(
        "chat", *words, "--jid", somebody.jid, "--password-file", secret_file(tmp_path, somebody), "--server", server.server,
        "--tls-ca", server.ca, input=input, **options)


def test_chat_with_a_text_prints_the_reply_and_exits_0(prosody, perch, tmp_path):
    operator = prosody.account("operator")
    board = perch(prosody, people={operator: "operator"})
    done = chat(prosody, operator, tmp_path, board.jid, "lamp on")
    assert (done.returncode, done.stdout) == (0, "lamp is on\n"), done.stderr
    assert board.get("lamp") == 1


def test_chat_sends_each_line_of_standard_input_and_prints_each_reply(prosody, perch, tmp_path):
    operator = prosody.account("operator")
    board = perch(prosody, people={operator: "operator"})
    done = chat(prosody, operator, tmp_path, board.jid, input="lamp on\nlamp off\nfan on\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["lamp is on", "lamp is off", "fan is on"]
    assert (board.get("lamp"), board.get("fan")) == (0, 1)


def test_chat_on_a_terminal_shows_presence_and_replies_until_ctrl_d(prosody, perch, tmp_path):
    operator = prosody.account("operator")
    board = perch(prosody, people={operator: "operator"})
    command = [program(), "chat", board.jid, "--jid", operator.jid, "--password-file", secret_file(tmp_path, operator),
               "--server", prosody.server, "--tls-ca", prosody.ca]
    with Terminal(command, cwd=TOP) as terminal:
        terminal.expect(f"{board.board.local} is online: .*door")
        terminal.type("lamp on\n")
        terminal.expect("lamp is on\n")
        assert board.get("lamp") == 1
        terminal.type("\x04")
        assert terminal.wait() == 0
    assert "error" not in terminal.shown


def test_chat_without_an_answer_in_time_exits_69(prosody, tmp_path):
    somebody, nobody = prosody.account("somebody"), prosody.account("nobody")
    done = chat(prosody, somebody, tmp_path, nobody.jid, "lamp on", "--timeout", "1")
    assert done.returncode == 69
    assert done.stderr.strip()


def test_chat_without_a_server_exits_69(prosody, tmp_path):
    from harness.prosody import free_port
    somebody = prosody.account("somebody")
    done = run(
        "chat", "board@garden.example", "lamp on", "--jid", somebody.jid, "--password-file", secret_file(tmp_path, somebody),
        "--server", f"127.0.0.1:{free_port()}", "--tls-ca", prosody.ca, "--timeout", "3")
    assert done.returncode == 69
    assert done.stderr.strip()


def test_chat_takes_the_account_from_the_environment(prosody, perch, tmp_path):
    operator = prosody.account("operator")
    board = perch(prosody, people={operator: "operator"})
    done = run(
        "chat", board.jid, "lamp on", "--server", prosody.server, "--tls-ca", prosody.ca,
        env={"PERCH_JID": operator.jid, "PERCH_PASSWORD_FILE": secret_file(tmp_path, operator)})
    assert (done.returncode, done.stdout) == (0, "lamp is on\n"), done.stderr


@pytest.mark.parametrize("command", ["init", "run", "check", "lines", "sensors", "chat"])
def test_every_command_has_a_help(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"perch {command}" in done.stdout


def test_version_and_help_go_to_standard_output():
    assert run("--version").stdout.startswith("perch ")
    assert "run" in run("--help").stdout


@pytest.mark.parametrize("words", [[], ["fly"], ["run", "--colour", "blue"], ["chat"], ["check", "--config"], ["run", "extra"]])
def test_a_wrong_command_line_exits_2_with_one_line_of_explanation(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr.strip() and done.stdout == ""


def test_lines_lists_the_pins_of_the_simulated_board():
    done = run("lines", "--profile", "simulated")
    assert done.returncode == 0, done.stderr
    for pin in ("GPIO2", "GPIO17", "GPIO27"):
        assert pin in done.stdout
    assert "simulated:0" not in done.stdout
    assert "simulated:0" in run("lines", "--profile", "simulated", "--all").stdout


@pytest.mark.skipif(bool(glob.glob("/dev/gpiochip*")), reason="this computer has GPIO")
def test_lines_of_a_computer_without_gpio_says_what_is_missing():
    done = run("lines", "--profile", "beaglebone-black")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no GPIO chip" in done.stderr and "driver is missing" in done.stderr and "profile = simulated" in done.stderr


def test_sensors_lists_what_this_machine_has():
    done = run("sensors")
    assert done.returncode == 0, done.stderr
    assert "system:" in done.stdout


def with_sensors(tmp_path, *sections):
    password = tmp_path / "password"
    password.write_text("secret\n")
    password.chmod(0o600)
    path = tmp_path / "perch.conf"
    path.write_text("\n".join(["[account]", "jid = board@garden.example", f"password-file = {password}", *sections, ""]))
    return str(path)


def test_sensors_of_the_configuration_are_marked_and_the_others_have_their_part(tmp_path):
    path = with_sensors(tmp_path, "[sensor awake]", "source = system:uptime")
    done = run("sensors", "--config", path)
    assert done.returncode == 0, done.stderr
    assert "; system:uptime is in use as awake and reads " in done.stdout
    assert "source = system:uptime" not in done.stdout and "source = system:load" in done.stdout
    if "source = system:temperature" in done.stdout:
        assert "part = cpu\nsource = system:temperature" in done.stdout
    assert run("sensors", "--config", str(tmp_path / "none.conf")).returncode == 78


def test_check_says_what_a_missing_sensor_needs(tmp_path):
    path = with_sensors(
        tmp_path, "[sensor air]", "part = bme280", "source = iio:bme280/temp", "[sensor wet]", "part = bme280", "source = iio:bme280/humidityrelative")
    done = run("check", "--config", path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("note: air: the kernel shows no IIO device called bme280"))
    # Once for both.
    assert "bmp280-i2c" in lines[at + 1] and "bme280" in lines[at + 1]
    assert lines[at + 2].startswith("note: wet: ") and done.stdout.count("bmp280-i2c") == 1


def test_a_chip_is_no_line(tmp_path):
    done = run("check", "--config", with_sensors(tmp_path, "[line lamp]", "pin = GPIO17", "part = mcp23017"))
    assert done.returncode == 78
    assert "perch.conf:6: part: mcp23017 is a chip with 16 lines; remove this and use them as pin = mcp23017:0 to pin = mcp23017:15" in done.stderr
