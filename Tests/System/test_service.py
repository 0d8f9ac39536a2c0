"""The unit as systemd runs it: it logs in, switches lines, reads sensors, and is denied nothing that it needs."""
import os
import re
import subprocess

import pytest
from contact import PATIENCE
from harness.process import eventually
from kernel import Line

BUSYBOX = "/run/gpio-vm/busybox"
LINES = """\
[line lamp]
pin = GPIO17
direction = output
initial = restore
on-exit = keep
[line valve]
pin = GPIO22
direction = output
initial = keep
on-exit = keep
[line pump]
pin = GPIO23
direction = output
[line door]
pin = GPIO27
direction = input
report = change
[line led]
pin = GPIO18
pwm = 1kHz
initial = restore
on-exit = keep
[line meter]
pin = GPIO24
direction = input
[sensor air]
source = hwmon:lm75/temp1
[sensor rain]
source = iio:bmp280/temp
[sensor pulses]
source = counter:meter
[sensor load]
source = system:load
[sensor free]
source = system:disk
[sensor memory]
source = system:memory
[sensor up]
source = system:uptime
"""


def busybox(*words):
    subprocess.run([BUSYBOX, *words], check=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module", autouse=True)
def hardware():
    """A PWM chip under the name that a Raspberry Pi 3's has, and an LM75 at 24.5 °C and a BMP280 on an I2C bus."""
    busybox("modprobe", "pwm-sim", "device=3f20c000.pwm", "channels=2")
    for words in (["i2c-dev"], ["i2c-stub", "chip_addr=0x48,0x76"], ["lm75"], ["bmp280-i2c"]):
        busybox("modprobe", *words)
    bus = next(bus for bus in os.listdir("/sys/bus/i2c/devices") if "SMBus stub" in open(f"/sys/bus/i2c/devices/{bus}/name").read())
    busybox("i2cset", "-y", bus.removeprefix("i2c-"), "0x48", "0x00", "0x8018", "w")
    busybox("i2cset", "-y", bus.removeprefix("i2c-"), "0x76", "0xd0", "0x58", "b")  # who it is; the rest of its registers are 0
    for device in ("lm75 0x48", "bmp280 0x76"):
        with open(f"/sys/bus/i2c/devices/{bus}/new_device", "w") as file:
            file.write(device)


def configure(system, prosody, account, alice, lines=LINES):
    system.copy(prosody.ca, "/etc/perch/ca.pem")
    system.write("/etc/perch/perch.conf", f"""\
[account]
jid = {account.jid}
password-file = /etc/perch/password
server = {prosody.server}
tls-ca = /etc/perch/ca.pem
[board]
profile = raspberry-pi-3
[people]
{alice.jid} = admin
[reports]
to = {alice.jid}
""" + lines, 0o640, "perch")


def test_systemctl_start_logs_in(system, board, prosody, account, alice):
    configure(system, prosody, account, alice)
    system.write("/etc/perch/password", account.password + "\n", 0o640, "perch")
    # For lines with `pwm`, as perch.conf(5) says.
    os.makedirs(system.path("/run/systemd/system/perch.service.d"), exist_ok=True)
    system.write("/run/systemd/system/perch.service.d/pwm.conf", "[Service]\nReadWritePaths=/sys/devices/platform\n")
    system.systemctl("daemon-reload")
    # As somebody does, before the first start; as the account that the service has.
    status, said = system.run("setpriv", "--reuid=perch", "--regid=perch", "--init-groups", "perch", "check", check=False)
    assert status == 0, said
    status, said = system.systemctl("start", "perch", check=False)
    assert status == 0, f"{said}\n{system.log()}"
    board.wait_until_seen()
    assert system.show("ActiveState", "SubState", "NRestarts") == ["active", "running", "0"]
    assert system.show("StatusText").startswith("online: ")


def test_it_runs_as_perch_without_any_capability(system):
    rows = dict(row.split(":", 1) for row in system.read(f"/proc/{system.pid}/status").splitlines())
    ids = system.run("id", "-u", "perch").strip()
    assert rows["Uid"].split() == [ids] * 4
    assert {rows[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (rows["NoNewPrivs"].strip(), rows["Seccomp"].strip()) == ("1", "2")


def test_a_chat_switches_the_line(board, lamp, pump):
    assert board.ask("lamp on") == "lamp is on"
    assert lamp.level == 1
    assert board.ask("pump on") == "pump is on"
    assert pump.level == 1
    assert board.ask("pump off") == "pump is off"
    assert pump.level == 0


def test_perch_chat_on_the_board_itself_switches_too(system, board, pump, prosody, alice):
    """As somebody with a terminal there; alice's password is hers alone."""
    system.write("/root/alice", alice.account.password + "\n", 0o600)
    assert system.run(
        "perch", "chat", board.account.jid, "pump on", "--jid", alice.jid, "--password-file", "/root/alice", "--server", prosody.server,
        "--tls-ca", "/etc/perch/ca.pem", "--timeout", str(PATIENCE)).strip() == "pump is on"
    assert pump.level == 1
    assert board.ask("pump off") == "pump is off"


def test_inputs_are_told_and_counted(board, alice):
    door, meter, after = Line("GPIO27"), Line("GPIO24"), len(alice.messages)
    door.connect(1)
    alice.next_message(board.account.jid, after=after, deadline=PATIENCE, matching=lambda message: "door is on" in message.body)
    meter.connect(1)
    meter.connect(0)
    eventually(lambda: board.ask("read pulses").startswith("pulses 1"), PATIENCE, "the pulse")


def test_sensors_are_read_in_the_sandbox(board):
    answers = {name: board.ask(f"read {name}") for name in ("air", "rain", "load", "free", "memory", "up")}
    assert answers["air"].startswith("air 24.5 °C"), answers
    assert not [answer for answer in answers.values() if not re.match(r"\w+ [\d.]+", answer)], answers


def test_pwm_dims_in_the_sandbox(board):
    answer = board.ask("led 40%")
    assert re.fullmatch("led is at 40.?%", answer), answer
    with open("/proc/1/root/sys/class/pwm/pwmchip0/pwm0/duty_cycle") as file:
        assert file.read().strip() == "400000"


def test_reload_applies_a_changed_file_and_says_no_to_a_wrong_one(system, board, prosody, account, alice, lamp, trace):
    mark = system.mark()
    configure(system, prosody, account, alice, LINES + "[line siren]\npin = RELAY1\ndirection = output\n")
    system.systemctl("reload", "perch")
    system.wait_for_log("configuration reloaded|reloaded", mark)
    assert board.ask("siren on") == "siren is on"
    mark = system.mark()
    configure(system, prosody, account, alice, LINES + "[line wrong]\npin = GPIO5\nbrightness = 3\n")
    system.systemctl("reload", "perch")
    system.wait_for_log(r"perch\.conf:\d+: ", mark)
    assert board.ask("siren off") == "siren is off"
    configure(system, prosody, account, alice)
    system.systemctl("reload", "perch")
    assert not board.ask("siren?").startswith("siren is")
    assert 0 not in trace.levels(lamp), "a reload flips nothing"


def test_state_is_kept_in_a_folder_of_its_own(system):
    eventually(lambda: system.exists("/var/lib/perch/lines"), PATIENCE, "the state of the lines")
    assert system.run("stat", "-c", "%a %U:%G", "/var/lib/perch").strip() == "700 perch:perch"
    assert {system.run("stat", "-c", "%U:%G", f"/var/lib/perch/{name}").strip() for name in os.listdir(system.path("/var/lib/perch"))} == {
        "perch:perch"}


def test_a_credential_takes_the_place_of_the_password_file(system, board, account):
    os.makedirs(system.path("/etc/credstore"), mode=0o700, exist_ok=True)
    system.write("/etc/credstore/perch.password", account.password + "\n", 0o600)
    system.run("rm", "/etc/perch/password")
    # What the last login taught would log in with a token.
    system.systemctl("stop", "perch")
    system.run("rm", "-f", "/var/lib/perch/login")
    mark = system.mark()
    system.systemctl("start", "perch")
    board.wait_online(mark)
    assert board.ask("lamp?").startswith("lamp is on")


def test_exposure_and_memory(system, board, capsys):
    status, said = system.run("systemd-analyze", "security", "--no-pager", "--threshold=15", "perch.service", check=False)
    figure = re.search(r"Overall exposure level for perch.service: ([\d.]+)", said)
    assert figure and status == 0 and float(figure[1]) <= 1.5, said
    memory = {name: int(system.read(f"/sys/fs/cgroup/system.slice/perch.service/memory.{name}")) // 1000 for name in ("current", "peak")}
    rows = dict(row.split(":", 1) for row in system.read(f"/proc/{system.pid}/smaps_rollup").splitlines()[1:])
    with capsys.disabled():
        print(f"\nexposure {figure[1]}; MemoryCurrent {memory['current']} KB, at most {memory['peak']} KB; RSS {rows['Rss'].strip()}, "
              f"private {rows['Private_Dirty'].strip()}, tasks {system.show('TasksCurrent')}")


def denied(system):
    """What the kernel's log has of system calls that a filter refused, and the service's of permissions."""
    kernel = [what for _, who, what in system.journal(None, "-k") if who == "kernel" and re.search(r"type=1326|SECCOMP|apparmor=|perch", what)]
    service = [what for _, who, what in system.journal(None, "-u", "perch.service") if re.search(r"ermission|not permitted|Read-only", what)]
    audit = [what for _, _, what in system.journal(None, "_TRANSPORT=audit") if re.search("SECCOMP|type=1326", what)]
    return kernel + service + audit


def test_nothing_was_denied(system):
    assert denied(system) == []
