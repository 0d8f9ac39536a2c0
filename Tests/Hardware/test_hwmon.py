"""An LM75 behind its kernel driver on a simulated I2C bus (Documentation/i2c/i2c-stub.rst): changes, fails, goes and returns."""
import os
import subprocess

import pytest

BUSYBOX = "/run/gpio-vm/busybox"
# Beside the LM77 of test_sensors.py.
ADDRESS = 0x4A
SHED = (
    "[sensor shed]\nsource = hwmon:lm75/temp1\nreport = change 0.5 every 1s..10s\n"
    "[line lamp]\npin = GPIO17\npart = relay\n")


class LM75:
    """The chip's registers and the kernel's idea of what is on the bus."""

    def __init__(self, bus):
        self.bus = bus
        self.adapter = f"/sys/bus/i2c/devices/i2c-{bus}"
        self.device = f"{self.adapter}/{bus}-{ADDRESS:04x}"

    def set(self, degrees):
        # Register 0: half degrees in the upper nine bits, most significant byte first, which i2cset's words are not.
        register = int(degrees * 2) << 7 & 0xFFFF
        word = (register & 0xFF) << 8 | register >> 8
        subprocess.run([BUSYBOX, "i2cset", "-y", "-f", str(self.bus), hex(ADDRESS), "0x00", hex(word), "w"], check=True)

    def plug(self):
        with open(self.adapter + "/new_device", "w") as file:
            file.write(f"lm75 {ADDRESS:#x}")

    def unplug(self):
        with open(self.adapter + "/delete_device", "w") as file:
            file.write(f"{ADDRESS:#x}")

    def drive(self, verb):
        with open(f"/sys/bus/i2c/drivers/lm75/{verb}", "w") as file:
            file.write(os.path.basename(self.device))


@pytest.fixture
def lm75(i2c):
    subprocess.run([BUSYBOX, "modprobe", "lm75"], check=True)
    chip = LM75(i2c)
    if os.path.exists(chip.device):
        chip.unplug()
    chip.set(19.5)
    chip.plug()
    yield chip
    if os.path.exists(chip.device):
        chip.unplug()


def heard(board, text, after):
    return board.alice.next_message(board.account.jid, after=after, deadline=90, matching=lambda message: text in message.body).body


def test_a_thermometer_changes_fails_is_pulled_out_and_returns(board, lm75):
    board.start(SHED)
    assert board.ask("read shed").startswith("shed 19.5 °C")
    for degrees, text in [(25, "shed 25.0 °C"), (-12.5, "shed -12.5 °C"), (0, "shed 0.0 °C")]:
        after = len(board.alice.messages)
        lm75.set(degrees)
        heard(board, text, after)

    # It fails: the driver is there and gone again; the last value is not passed off as new.
    lm75.drive("unbind")
    after = len(board.alice.messages)
    board.ask_until("read shed", "shed failed: ")
    assert "0.0 °C" not in board.alice.messages[-1].body.split("(last good")[0]
    lm75.set(7.5)
    lm75.drive("bind")
    board.ask_until("read shed", "shed 7.5 °C")

    # It is pulled out and another one is put in, which the kernel numbers anew.
    lm75.unplug()
    board.ask_until("read shed", "shed failed: ")
    assert board.ask("lamp on") == "lamp is on", "a broken sensor is no reason to switch nothing"
    lm75.set(21)
    lm75.plug()
    board.ask_until("read shed", "shed 21.0 °C")
    assert board.is_seen
