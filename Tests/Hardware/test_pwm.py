"""Lines that are driven by kernel PWM: pwm-sim (tools/gpio-vm.d/pwm-sim.c) under the name that a Raspberry Pi 3's PWM has."""
import os
import re
import subprocess

import pytest
from kernel import TRACING
from test_trouble import as_nobody

BUSYBOX, DEBUG = "/run/gpio-vm/busybox", "/sys/kernel/debug"
LAMP = "[line lamp]\npin = GPIO18\npwm = 1kHz\ninitial = restore\n"
SERVO = "[line vent]\npin = GPIO19\npwm = 50Hz\npwm-range = 5%..10%\n"


class PWM:
    def channel(self, number):
        """(enabled, period, pulse) in ns, as the chip has it."""
        with open(DEBUG + "/pwm") as file:
            row = next(row for row in file.read().splitlines() if row.strip().startswith(f"pwm-{number}"))
        period, pulse = re.search(r"period: (\d+) ns duty: (\d+) ns", row).groups()
        return " enabled " in row, int(period), int(pulse)

    def percent(self, number):
        enabled, period, pulse = self.channel(number)
        return 100 * pulse / period if enabled else 0

    def forget(self):
        with open(TRACING + "/trace", "w"):
            pass

    def pulses(self, period):
        """What the channel with this period was driven to since `forget`, in order."""
        with open(TRACING + "/trace") as file:
            return [int(match[1]) for match in re.finditer(rf"pwm_apply: .*period={period} duty_cycle=(\d+)", file.read())]


def modprobe(*words):
    subprocess.run([BUSYBOX, "modprobe", *words], check=True)


@pytest.fixture
def pwm(trace):
    modprobe("pwm-sim", "device=3f20c000.pwm", "channels=2")
    if not os.path.exists(DEBUG + "/pwm"):
        subprocess.run(["mount", "-t", "debugfs", "debugfs", DEBUG], check=True)
    with open(TRACING + "/events/pwm/enable", "w") as file:
        file.write("1")
    yield PWM()
    for channel in (0, 1):
        if os.path.exists(f"/sys/class/pwm/pwmchip0/pwm{channel}"):
            with open("/sys/class/pwm/pwmchip0/unexport", "w") as file:
                file.write(str(channel))
    modprobe("-r", "pwm-sim")


def test_percent_fade_restore_and_exit(board, pwm):
    board.start(LAMP + SERVO)
    assert pwm.percent(0) == 0 and pwm.percent(1) == 0
    assert "40" in board.ask("lamp 40%")
    assert pwm.channel(0) == (True, 1_000_000, 400_000)
    assert "50" in board.ask("vent 50%")
    assert pwm.channel(1) == (True, 20_000_000, 1_500_000)

    pwm.forget()
    assert "fades" in board.ask("fade lamp to 90% in 3s")
    board.ask_until("lamp?", "lamp is at 90")
    steps = pwm.pulses(1_000_000)
    assert steps[-1] == 900_000 and steps == sorted(steps) and steps[0] >= 400_000, steps
    assert len(set(steps)) >= 5, f"not a fade but a jump: {steps}"

    # Killed, the kernel goes on with it; started again, it comes back as it was.
    board.kill()
    pwm.forget()
    board.start()
    assert pwm.channel(0) == (True, 1_000_000, 900_000)
    assert min(pwm.pulses(1_000_000), default=900_000) == 900_000, "it flickered"
    assert pwm.percent(1) == 0, "no restore, so off"
    assert "off" in board.ask("lamp off")
    assert pwm.percent(0) == 0
    assert "on" in board.ask("lamp on")
    assert pwm.percent(0) > 0
    assert board.terminate() == 0
    assert pwm.percent(0) == 0, "on-exit is off"


def test_a_pin_without_pwm_is_refused_with_those_that_have_it(board, pwm):
    board.configure("[line lamp]\npin = GPIO17\npwm = 1kHz\n")
    for words in (["run", "--config", board.config, "--state", board.state], ["check", "--config", board.config]):
        status, out, err = board.command(*words)
        assert status == 78 and "GPIO17 has no PWM" in out + err and "GPIO18" in out + err, (status, out, err)


def test_pwm_that_is_not_enabled_names_the_overlay(board):
    board.configure(LAMP)
    status, out, err = board.command("check", "--config", board.config)
    assert "PWM is not enabled on GPIO18" in out + err and "dtoverlay=pwm,pin=18,func=2" in out + err, (status, out, err)


def test_without_permission_it_says_what_to_do(board, pwm):
    board.configure(LAMP)
    status, out, err = board.command("check", "--config", board.config, **as_nobody(board))
    assert status == 77 and "/sys/class/pwm" in out + err, (status, out, err)


def test_a_percentage_of_a_plain_line_is_refused_in_words(board, line):
    line("GPIO17")
    board.start("[line pump]\npin = GPIO17\npart = relay\n")
    assert "can only be on or off" in board.ask("pump 40%")
