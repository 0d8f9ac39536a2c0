"""What `perch check` and `perch sensors` say of devices on a real I2C bus that have a driver, have none, or never answered."""
import pytest

from test_sensors import AIR, bus, drive, thermometer  # noqa: F401  fixtures of that file

ADAPTER = "/sys/bus/i2c/devices/i2c-0"


@pytest.fixture
def silent(bus):  # noqa: F811
    """The kernel is told of an LM75 at an address where nothing answers."""
    with open(ADAPTER + "/new_device", "w") as file:
        file.write("lm75 0x4c")
    yield
    with open(ADAPTER + "/delete_device", "w") as file:
        file.write("0x4c")


def check(board, lines):
    board.configure(lines)
    status, out, errors = board.command("check", "--config", board.config)
    assert status == 0, errors
    return out


def test_a_sensor_without_its_driver_is_explained_and_with_it_is_read(board, thermometer):  # noqa: F811
    assert "\nair: 21.5 °C\n" in check(board, AIR)
    drive("unbind")
    out = check(board, AIR)
    assert "note: air: the kernel shows no hwmon device called lm77" in out
    assert "the kernel was told of a lm77 at 0-0048, but no driver has taken it" in out


def test_a_device_that_does_not_answer_is_named_with_its_address_and_the_module_of_its_part(board, silent):
    out = check(board, "[sensor air]\npart = lm75\nsource = hwmon:lm75/temp1\n")
    assert "the kernel was told of a lm75 at 0-004c, but no driver has taken it: nothing answers at that address" in out
    assert "sudo modprobe lm75" in out


def test_perch_sensors_marks_what_the_configuration_has(board, thermometer):  # noqa: F811
    board.configure(AIR)
    status, out, _ = board.command("sensors", "--config", board.config)
    assert status == 0
    assert "; hwmon:lm77/temp1 is in use as air and reads 21.5 °C\n" in out
    assert "source = hwmon:lm77/temp1" not in out
