"""As much as perch.conf, a server and people can make it keep, all at once, against the unit's MemoryMax."""
import struct
import time
import zlib

import pytest
from chips import Chip
from contact import PATIENCE, TOO_FAST
from kernel import Line, Wires
from system import Board

CONFIG = "/etc/perch/perch.conf"
# ConfigurationKeys.swift and Contacts.swift of Sources/Agent.
LINES, SENSORS, PEOPLE, TAGS, ROSTER = 256, 256, 512, 64, 2000
# ConfigurationFile.swift, Journal.swift, and what fits into the 256 KiB that Prosody passes on and XMPP's parser takes, with its number of elements.
FILE, JOURNAL, STANZA, ELEMENTS = 256 * 1024, 192 * 1024, 250 * 1024, 16_000


def line(number):
    tags = " ".join(f"tag-{(number + each) % TAGS:02}".ljust(32, "t") for each in range(8))
    kind = "direction = input\nreport = change\ndebounce = 1ms" if number % 2 else "direction = output\nmax-on = 8h\non-disconnect = off after 1h"
    return f"[line {f'line-{number:03}'.ljust(32, 'l')}]\npin = crowd:{number}\n{kind}\nwhen-on = {'n' * 24}\nwhen-off = {'f' * 24}\ntags = {tags}\n"


def sensor(number):
    return f"[sensor {f'sensor-{number:03}'.ljust(32, 's')}]\nsource = system:uptime\nunit = {'u' * 24}\nreport = every 1min\nalarm = above 1000000 for 1min\n"


def configuration(account, alice, prosody):
    """Of the size that a file may have: the people's addresses are as long as is left for them."""
    head = f"""\
[account]
jid = {account.jid}
password-file = /etc/perch/password
server = {prosody.server}
tls-ca = /etc/perch/ca.pem
[board]
profile = raspberry-pi-3
[reports]
to = {alice.jid}
""" + "".join(map(line, range(LINES))) + "".join(map(sensor, range(SENSORS))) + f"[people]\n{alice.jid} = admin\n*@people.example = viewer\n"
    length = (FILE - len(head)) // (PEOPLE - 2) - len("@people.example = viewer\n")
    assert length > 40, f"lines and sensors have {len(head)} bytes"
    return head + "".join(f"{f'person-{number}-'.ljust(length, 'p')}@people.example = viewer\n" for number in range(PEOPLE - 2))


def journal():
    """Full of readings that are to be delivered, as Sources/Agent/Report.swift has them in the file."""
    made = b"perch-journal 1\n"
    for number in range(1, JOURNAL):
        text, measure = f"sensor-{number % SENSORS:03} is {number}.5".encode(), b" n='sensor' v='1.5'"
        body = struct.pack("<BIIqIH", 1, 7, number, int(time.time() * 1000) - JOURNAL + number, number % SENSORS, len(text)) + text + measure
        rest = struct.pack("<H", len(body)) + body
        record = b"\xa5" + struct.pack("<I", zlib.crc32(rest)) + rest
        if len(made) + len(record) > JOURNAL:
            break
        made += record
    return made


@pytest.fixture
def crowd(system, prosody, alice, board):
    """A board with all that, which takes the place of the other one for this test."""
    good = system.read(CONFIG)
    # The credential that the service has by now goes before any password-file.
    account = prosody.account("crowd", board.account.password)
    prosody.set_roster(account, [f"somebody-with-a-long-address-{number:04}@people.example" for number in range(ROSTER)], "none")
    chip = Chip("crowd", LINES, named=False).plug()
    system.systemctl("stop", "perch")
    system.write(CONFIG, configuration(account, alice, prosody), 0o640, "perch")
    with open(system.path("/var/lib/perch/journal"), "wb") as file:
        file.write(journal())
    system.run("chown", "perch:perch", "/var/lib/perch/journal")
    try:
        system.systemctl("start", "perch")
        crowd = Board(system, account, alice)
        alice.subscribe(account.jid)
        crowd.wait_until_seen()
        yield crowd
    finally:
        system.systemctl("stop", "perch")
        chip.remove()
        system.run("rm", "-f", "/var/lib/perch/journal")
        system.write(CONFIG, good, 0o640, "perch")
        mark = system.mark()
        system.systemctl("start", "perch")
        board.wait_online(mark)


def test_at_all_its_limits_at_once_it_needs_less_than_half_of_what_the_unit_allows(system, crowd, alice, capsys):
    pid = system.pid
    cgroup = "/sys/fs/cgroup" + system.show("ControlGroup")
    assert crowd.ask("all on").count("n" * 24) == LINES // 2
    with Wires([Line("crowd", number) for number in range(1, LINES, 2)]) as inputs:
        for index in range(LINES // 2):
            inputs.set(index, True)
    jid = crowd.account.jid
    element = f"<x y='{'z' * (STANZA // ELEMENTS - 9)}'/>"
    for inside in (element * ELEMENTS, f"<body>{'x' * STANZA}</body>"):
        alice.send_raw(f"<message to='{jid}' type='chat'>{inside}</message>")
    heard = len(alice.messages)
    for number in range(100):
        alice.send(jid, "status" if number < 10 else f"nothing {number} ".ljust(1024, "x"))
    alice.next_message(jid, after=heard, deadline=PATIENCE, matching=lambda message: TOO_FAST in message.body)
    mark = system.mark()
    system.systemctl("reload", "perch")
    system.wait_for_log("reloaded", mark)
    assert (system.pid, system.show("NRestarts")) == (pid, "0"), system.log()
    peak, allowed = int(system.read(f"{cgroup}/memory.peak")), int(system.show("MemoryMax"))
    rows = dict(row.split(":", 1) for row in system.read(f"/proc/{pid}/status").splitlines())
    parts = dict(row.split() for row in system.read(f"{cgroup}/memory.stat").splitlines())
    with capsys.disabled():
        print(f"\nat its limits: MemoryPeak {peak // 1000} KB of {allowed // 1000} KB; VmHWM {rows['VmHWM'].strip()}; "
              f"now {', '.join(f'{name} {int(parts[name]) // 1000} KB' for name in ('anon', 'file', 'kernel', 'sock'))}")
    assert peak < allowed / 2
