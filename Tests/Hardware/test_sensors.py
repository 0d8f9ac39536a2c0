"""A thermometer behind a real kernel driver: LM77 on a simulated I2C bus (Documentation/i2c/i2c-stub.rst)."""
import os
import subprocess

import pytest

BUSYBOX = "/run/gpio-vm/busybox"
DRIVER = "/sys/bus/i2c/drivers/lm77"
AIR = "[sensor air]\nsource = hwmon:lm77/temp1\n"


def busybox(*words):
    subprocess.run([BUSYBOX, *words], check=True)


def set_temperature(degrees):
    # Register 0 of the LM77: half degrees above three bits of alarms, most significant byte first.
    register = int(degrees * 2) << 3 & 0xFFFF
    busybox("i2cset", "-y", "-f", "0", "0x48", "0x00", hex((register & 0xFF) << 8 | register >> 8), "w")


@pytest.fixture(scope="module")
def bus(i2c):
    busybox("modprobe", "lm77")


def drive(verb):
    """"bind" or "unbind" the driver. A new binding also forgets what it measured in the last 1.5 s."""
    with open(f"{DRIVER}/{verb}", "w") as file:
        file.write("0-0048")


@pytest.fixture
def thermometer(bus):
    """The driver sees the chip, and it is 21.5 °C."""
    if os.path.exists(DRIVER + "/0-0048"):
        drive("unbind")
    set_temperature(21.5)
    drive("bind")


def test_a_reading_comes_from_the_kernels_driver(board, thermometer):
    board.start(AIR)
    assert board.ask("read air").startswith("air 21.5 °C")


def test_a_sensor_that_goes_away_is_failed_and_its_last_value_is_not_passed_off_as_new(board, thermometer):
    board.start(AIR)
    assert board.ask("read air").startswith("air 21.5 °C")
    drive("unbind")
    board.ask_until("read air", "air failed: ")
    set_temperature(-3)
    drive("bind")
    board.ask_until("read air", "air -3.0 °C")


def test_perch_sensors_prints_what_can_be_pasted(board, thermometer):
    status, out, _ = board.command("sensors")
    assert status == 0
    assert "source = hwmon:lm77/temp1\n" in out
    reading, section = out.partition("source = hwmon:lm77/temp1\n")[0].splitlines()[-2:]
    assert "21.5 °C" in reading and section.startswith("[sensor ")
