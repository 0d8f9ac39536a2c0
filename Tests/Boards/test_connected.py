"""The packages on emulated boards that are logged in to a server: what a chat switches, the emulator shows."""
import pytest


def test_the_board_is_in_the_roster_after_the_boot(connected, figures):
    assert connected.say("about").startswith("Perch")
    figures(f"{connected.name}: online {connected.seconds:.0f} s after the emulator was started")


def test_dpkg_has_installed_the_package_with_all_that_it_runs(connected):
    said = connected.guest.read("/usr/bin/dpkg-query -W -f '${db:Status-Abbrev} ${Architecture}' perch")
    assert said == f"ii  {connected.architecture}"
    assert "Creating user 'perch'" in connected.guest.read("cat /package.log")
    assert connected.guest.read("stat -c '%a %U %G' /etc/perch/perch.conf") == "640 root perch\n"
    assert connected.guest.read("ls /etc/systemd/system/multi-user.target.wants") == "perch.service\n"


def test_perch_runs_as_its_own_user(connected):
    said = connected.guest.read("grep -E '^(Uid|Gid|Groups|CapEff)' /proc/$(pidof perch)/status")
    ids = {line.split(":")[0]: line.split()[1:] for line in said.splitlines()}
    passwd = connected.guest.read("grep ^perch: /etc/passwd").split(":")
    gpio = connected.guest.read("grep ^gpio: /etc/group").split(":")[2]
    assert set(ids["Uid"]) == {passwd[2]} != {"0"}
    assert gpio in ids["Groups"]
    assert int(ids["CapEff"][0], 16) == 0


def test_a_chat_switches_a_line_of_the_real_driver(connected):
    assert connected.lines.is_output(connected.monitor, connected.lines.lamp_line)
    assert connected.level() == 0
    assert connected.say("lamp on") == "lamp is on"
    assert connected.level() == 1
    assert "on" in connected.say("lamp")
    assert connected.say("lamp off") == "lamp is off"
    assert connected.level() == 0


def test_memory_while_connected_and_idle(connected, figures):
    resident, private = connected.memory()
    figures(f"{connected.name}: {resident} KB resident, {private} KB of it its own")
    assert private <= 1536


# QEMU drives no line of the others from outside.
@pytest.mark.parametrize("connected", ["virt", "virt32"], indirect=True)
def test_the_edge_of_a_real_drivers_input_is_told(connected):
    heard = len(connected.alice.messages)
    # 100 ms later the button is let go.
    connected.monitor.execute("system_powerdown")
    for said in ("button is pressed", "button is released"):
        assert connected.alice.next_message(connected.account.jid, heard, 30, lambda message: said in message.body)


@pytest.mark.parametrize("connected", ["raspi0"], indirect=True)
def test_a_pi_zero_is_known_with_all_lines_and_their_names(connected):
    connected.guest.read("mount -t debugfs d /sys/kernel/debug")
    names = [name for name, _, _ in connected.guest.kernel_lines()["pinctrl-bcm2835"].values()]
    # The two serial ports share one, so neither line can be called so.
    names = {name for name in names if names.count(name) == 1}
    listing = connected.guest.read("perch lines --all")
    assert listing.splitlines()[0] == "Raspberry Pi Zero W"
    listed = {word for line in listing.splitlines() for word in line.split()[:1]}
    assert len(names) >= 49 and names <= listed, names - listed
    assert connected.guest.read("cat /sys/bus/gpio/devices/gpiochip0/../gpio/gpiochip*/ngpio") == "54\n"


def test_a_stop_is_in_order_and_a_line_that_is_to_be_kept_is_left_alone(connected):
    assert connected.say("lamp on") == "lamp is on"
    connected.guest.read("kill $(pidof perch)")
    assert "perch ended with 0" in connected.guest.wait_for("cat /log", "perch ended with")
    assert connected.level() == 1
    assert connected.lines.is_output(connected.monitor, connected.lines.lamp_line) == connected.lines.stay_outputs
