"""A Raspberry Pi 3 whose lines are the real driver's, with the names of Debian's kernel: what perch says and does there."""
import os
import re

from guest import TOP

CHIP = "pinctrl-bcm2835"


def profile_section(name):
    """One section of the profile, read without perch: [(key, value)]."""
    with open(os.path.join(TOP, "devices", "boards", "raspberry-pi-3.conf")) as file:
        text = file.read().split(f"\n[{name}]\n")[1].split("\n[")[0]
    return [tuple(line.split(" = ")) for line in text.splitlines() if line and not line.startswith(";")]


def row(listing, name):
    """What `perch lines` says about one line."""
    rows = [line for line in listing.splitlines() if line.split()[:1] == [name]]
    assert len(rows) == 1, f"{len(rows)} rows for {name} in\n{listing}"
    return rows[0]


def test_the_board_is_known_by_its_device_tree(machine):
    assert "raspberrypi,3-model-b\0" in machine.read("cat /proc/device-tree/compatible")
    assert machine.read("perch lines").splitlines()[0] == "Raspberry Pi 3"


def test_every_pin_of_the_header_is_listed_with_the_kernels_own_name(machine):
    kernel, listing, offsets = machine.kernel_lines()[CHIP], machine.read("perch lines"), dict(profile_section("pins"))
    # What is no line there, such as ground, has no offset.
    header = [(pin, name) for pin, name in profile_section("header") if name in offsets]
    assert len(header) == 26
    for pin, name in header:
        theirs = kernel[int(offsets[name].rpartition(":")[2])][0]
        assert re.search(rf"\b{pin}\b", row(listing, theirs)), f"{name} is {theirs} there"
    # Debian's kernel calls them so, Raspberry Pi OS GPIO17 and GPIO2.
    assert "pin 11" in row(listing, "GPIO17")
    assert "pin 3 " in row(listing, "SDA1")


def test_lines_beside_the_header_are_listed_under_their_chip(machine):
    listing, kernel = machine.read("perch lines --all"), machine.kernel_lines()
    for label in (CHIP, "raspberrypi-exp-gpio"):
        assert label in listing
        for name, *_ in kernel[label].values():
            row(listing, name)


def test_a_line_that_the_kernel_gave_away_is_marked_with_who_has_it(machine):
    base = int(machine.read("cat /sys/bus/gpio/devices/gpiochip0/../gpio/gpiochip*/base").splitlines()[0])
    machine.read(f"echo {base + 6} > /sys/class/gpio/export")
    try:
        listing = machine.read("perch lines")
        assert "sysfs" in row(listing, "GPIO6") and "free" not in row(listing, "GPIO6")
        assert "free" in row(listing, "GPIO5")
    finally:
        machine.read(f"echo {base + 6} > /sys/class/gpio/unexport")
    assert "free" in row(machine.read("perch lines"), "GPIO6")


def test_one_line_by_two_names_is_refused(board):
    answer = board.check("[line lamp]\npin = GPIO17\npart = relay\n\n[line pump]\npin = pin 11\npart = relay\n")
    assert answer.status == 78
    assert "pump" in answer.errors and "lamp" in answer.errors
    # The kernel's name for it and the profile's.
    answer = board.check("[line lamp]\npin = SDA1\npart = led\n\n[line pump]\npin = GPIO2\npart = led\n")
    assert answer.status == 78
    assert "pump" in answer.errors and "lamp" in answer.errors


def test_a_chip_number_and_an_unknown_name_are_explained(board):
    for pin, remedy in (("gpiochip0:17", "GPIO17"), ("GPIO71", "GPIO17"), ("nowhere:3", CHIP)):
        answer = board.check(f"[line lamp]\npin = {pin}\npart = relay\n")
        assert answer.status == 78, pin
        assert "lamp" in answer.errors and pin.split(":")[0] in answer.errors and remedy in answer.errors, answer.errors


def test_names_of_the_kernel_and_of_the_profile_are_both_good(board):
    answer = board.check("".join(
        f"[line line{number}]\npin = {pin}\npart = relay\n\n"
        for number, pin in enumerate(["GPIO4", "SPI_CE1_N", "GPIO8", "pin 11", CHIP + ":27"])))
    assert answer.status == 0, answer.errors
    assert "5 outputs" in answer.output


def test_a_pin_that_a_serial_port_has_is_not_free_although_the_kernel_says_so(machine, board):
    # The guest's standard output is that port.
    assert machine.read("ls /sys/bus/platform/devices/3f215040.serial/driver")
    assert "not free: enabled as serial console" in row(machine.read("perch lines"), "TXD1")
    answer = board.check("[line lamp]\npin = TXD1\npart = relay\n\n[line pump]\npin = GPIO15\npart = relay\n")
    assert answer.status == 78
    assert answer.errors.count("take enable_uart=1 out of /boot/firmware/config.txt") == 2, answer.errors


def test_the_processors_thermometer_is_found(machine, board):
    assert re.search(r"(\d\d\.\d+) °C\n\[sensor \S+\]\nsource = thermal:cpu-thermal\n", machine.read("perch sensors"))
    answer = board.check("[sensor cpu]\nsource = thermal:cpu-thermal\n")
    assert answer.status == 0, answer.errors


def test_lines_are_held_from_start_to_end(machine, board):
    lamp, pump, door = 17, 22, 27
    board.start(
        "[line lamp]\npin = GPIO17\npart = relay\ninitial = on\non-exit = off\n\n"
        "[line pump]\npin = pin 15\npart = relay\nactive-low = yes\n\n"
        "[line door]\npin = GPIO27\npart = contact\n")
    assert [machine.is_output(line) for line in (lamp, pump, door)] == [True, True, False]
    assert machine.level(lamp) == 1
    assert machine.level(pump) == 1, "off is high for a relay that switches at a low level"
    held = machine.kernel_lines()[CHIP]
    assert [held[line][1] for line in (lamp, pump, door)] == ["perch:lamp", "perch:pump", "perch:door"]
    assert "IRQ" in held[door][2], "no edge would be seen"
    listing = machine.read("perch lines")
    for name, line in (("GPIO17", "lamp"), ("GPIO22", "pump"), ("GPIO27", "door")):
        assert f"in use by Perch as {line}" in row(listing, name)
    assert board.end("TERM") == 0
    assert machine.level(lamp) == 0
    assert [machine.kernel_lines()[CHIP][line][1] for line in (lamp, pump, door)] == ["", "", ""]


def test_a_line_stays_as_it_is_at_exit_where_the_driver_leaves_it(machine, board):
    # Debian's kernel makes an input of a line that is let go; with this, which Raspberry Pi OS has from the start, it does not.
    assert machine.read("cat /sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs") == "Y\n"
    board.start(
        "[line lamp]\npin = GPIO17\npart = relay\ninitial = on\non-exit = keep\n\n"
        "[line pump]\npin = GPIO22\npart = relay\ninitial = on\n")
    assert board.end("TERM") == 0
    assert (machine.is_output(17), machine.level(17)) == (True, 1)
    assert (machine.is_output(22), machine.level(22)) == (True, 0)
    board.start("[line lamp]\npin = GPIO17\npart = relay\ninitial = keep\n")
    assert (machine.is_output(17), machine.level(17)) == (True, 1)
    assert board.end("TERM") == 0
    assert machine.level(17) == 0


def test_a_line_that_somebody_else_holds_is_named(machine, board):
    board.start("[line lamp]\npin = GPIO17\npart = relay\n")
    answer = machine.run("perch run --config /perch.conf --state /other")
    assert answer.status != 0
    assert "GPIO17" in answer.errors and "perch:lamp" in answer.errors
    assert board.end("TERM") == 0


def test_the_boards_own_pwm_is_driven(machine, board):
    def channel():
        return next(line for line in machine.read("cat /sys/kernel/debug/pwm").splitlines() if "pwm-0" in line)

    assert "3f20c000.pwm" in machine.read("cat /sys/kernel/debug/pwm")
    assert "PWM" in row(machine.read("perch lines"), "GPIO18")
    # GPIO18 stays what it is here: which pin shows the channel is up to an overlay.
    board.start("[line led]\npin = GPIO18\npwm = 1kHz\ninitial = on\n")
    assert "enabled period: 1000000 ns duty: 1000000 ns" in channel()
    assert board.end("TERM") == 0
    assert "duty: 0 ns" in channel()
    answer = board.check("[line led]\npin = GPIO17\npwm = 1kHz\n")
    assert answer.status == 78
    assert "led" in answer.errors and "GPIO17" in answer.errors and "PWM" in answer.errors, answer.errors
