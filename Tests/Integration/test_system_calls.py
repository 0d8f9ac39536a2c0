"""What perch asks the kernel for is what systemd/perch.service lets it ask for."""
import os
import re
import shutil
import subprocess
from types import SimpleNamespace

from harness.dns import NameServer
from harness.namespace import Namespace
from harness.process import TOP, eventually
from harness.prosody import Account

UNIT = os.path.join(TOP, "systemd/perch.service")


def members(name, seen=()):
    """The system calls of a group such as @file-system, or the one of that name."""
    if not name.startswith("@"):
        return {name}
    text = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    found = set()
    for line in text.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#") and word not in seen:
            found |= members(word, (*seen, name))
    return found


def allowed():
    calls = members("@default")  # systemd.exec(5): always permitted
    with open(UNIT) as file:
        for value in re.findall(r"^SystemCallFilter=(.*)$", file.read(), re.M):
            assert not value.startswith("~"), "a list of what is allowed is all there is"
            for name in value.split():
                calls |= members(name)
    return calls


def used(trace):
    """Names of calls in strace's output, whose lines begin with the number of the thread."""
    with open(trace, errors="replace") as file:
        return {match[1] for line in file if (match := re.match(r"\d+ +(?:<\.\.\. )?(\w+)[( ]", line))}


SENSORS = "".join(
    f"\n[sensor {name}]\nsource = {source}\nreport = every 1min\n" for name, source in [
        ("load", "system:load"), ("memory", "system:memory"), ("disk", "system:disk"), ("running", "system:uptime"), ("wifi", "system:wifi"),
        ("cpu", "thermal:cpu-thermal"), ("probe", "w1:28-0316a2795bff"), ("spin", "hwmon:pwmfan/fan1"), ("light", "iio:bh1750/illuminance")])


def test_what_perch_asks_the_kernel_for_is_what_its_unit_allows(own_prosody, person, perch, tmp_path):
    assert shutil.which("strace"), "tools/install-packages test installs strace"
    trace = tmp_path / "trace"
    rain = tmp_path / "rain"
    rain.write_text("12.5\n")
    alice = person("alice", own_prosody)
    # As a grandchild, so that the process is perch and gets the signals.
    inside = SimpleNamespace(inside=["strace", "--daemonize", "-f", "-qq", "-s", "0", "-o", str(trace)])
    more = SENSORS + f"\n[sensor rain]\nsource = file:{rain}\nreport = every 1min\n"
    board = perch(own_prosody, people={alice: "admin"}, reports=[alice], more=more, inside=inside)
    for text in ("lamp on", "lamp off for 10s", "blink lamp 10Hz for 1s", "status", "rain", "about", "log", "all off"):
        assert alice.say(board.jid, text)
    board.more += "\n[sensor snow]\nsource = simulated:snow\n"
    board.write()
    board.reload()
    board.process.wait_for_line("configuration reloaded")
    own_prosody.kill()
    board.process.wait_for_line("offline: ")
    board.ask("sensor air 30")
    journal = os.path.join(board.state, "journal")
    eventually(lambda: os.path.exists(journal) and os.path.getsize(journal) > 20, what="the reading in the journal")
    position = len(board.process.lines)
    own_prosody.start()
    board.process.wait_for_line("online as ", 60, after=position)
    board.stop()
    calls = used(trace)
    assert {"epoll_wait", "clone", "clone3", "fsync"} & calls and "read" in calls, calls
    assert calls <= allowed(), f"not in {UNIT}: {' '.join(sorted(calls - allowed()))}"


def test_what_a_name_lookup_asks_the_kernel_for_is_what_the_unit_allows(perch, authority, tmp_path):
    trace = tmp_path / "trace"
    with Namespace(tmp_path) as namespace, NameServer(namespace) as dns:
        dns.service("garden.example", 5, 0, 9, "a.example")
        dns.address("a.example")
        inside = SimpleNamespace(inside=[*namespace.inside, "strace", "--daemonize", "-f", "-qq", "-s", "0", "-o", str(trace)])
        board = perch(None, start=False, board=Account("board@garden.example", "pw"), ca=authority.ca, inside=inside)
        board.start().process.wait_for_line("trying again in")
        board.stop()
    calls = used(trace)
    assert {"sendmmsg", "sendto"} & calls, calls
    assert calls <= allowed(), f"not in {UNIT}: {' '.join(sorted(calls - allowed()))}"
