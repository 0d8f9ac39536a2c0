"""What was on comes back after a power cut: real kernel, ext4 with its default options, and QEMU killed in the middle of it."""
import os
import random
import subprocess

import disklog
import pytest
from machine import CUT, Machine, lines

# What is said, and what the state file brings back after it.
STORY = [
    ("pump on", {"pump": "on"}),
    ("fan on", {"pump": "on", "fan": "on"}),
    ("lamp on for 1h", {"pump": "on", "fan": "on", "lamp": "on"}),
    ("valve on", {"pump": "on", "fan": "on", "lamp": "on", "valve": "on"}),
    ("fan off", {"pump": "on", "lamp": "on", "valve": "on"}),
    ("heat on for 1h", {"pump": "on", "lamp": "on", "valve": "on", "heat": "on"}),
    ("pump off", {"lamp": "on", "valve": "on", "heat": "on"}),
    ("lamp off", {"valve": "on", "heat": "on"}),
    ("siren on", {"valve": "on", "heat": "on"}),
]


def levels(state):
    return {name: level for name, (level, _) in state.items()}


@pytest.mark.parametrize("library, milliseconds", [("libgpiod 1.6", 0), ("libgpiod 2", 20), ("libgpiod 1.6", 150), ("libgpiod 2", 1500)])
def test_after_the_power_was_cut_the_lines_are_as_they_were(tmp_path, library, milliseconds):
    machine = Machine(tmp_path, library)
    told, status = machine.boot("first_boot.py", milliseconds, "pump on", "lamp on for 1h", "siren on", "heat on for 3s", "valve on", "fan on")
    assert status == CUT
    assert [each["answer"].split(" until")[0] for each in told["said"]] == [
        "pump is on", "lamp is on", "siren is on", "heat is on", "valve is on"]
    told, status = machine.boot("second_boot.py")
    assert status == 0
    state = lines(told["before"])
    # The last command was under way: either the file knows it or it does not; the timer's end may have been noted.
    assert {"pump": "on", "lamp": "on", "valve": "on"}.items() <= levels(state).items() and set(state) <= {"pump", "lamp", "valve", "heat", "fan"}
    if milliseconds >= 1000:
        assert "fan" in state, "what was said a second ago is not on the disk"
    expected = {"pump": 1, "lamp": 1, "siren": 0, "heat": 0, "valve": 0, "fan": int("fan" in state)}
    assert told["levels"] == expected, told
    after = lines(told["after"])
    assert levels(after) == {"pump": "on", "lamp": "on", "valve": "on", **({"fan": "on"} if "fan" in state else {})}
    assert abs(after["lamp"][1] - state["lamp"][1]) <= 2000, "the hour began anew"


def test_at_any_moment_of_a_power_cut_the_file_is_whole_and_old_or_new(tmp_path):
    seed = int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}")
    machine = Machine(tmp_path, "libgpiod 1.6")
    with open(machine.disk, "rb") as file:
        base = file.read()
    told, status = machine.boot("first_boot.py", 300, *(command for command, _ in STORY), logged=True)
    assert status == CUT
    said = told["said"] + [{"before": told["last"], "after": 1 << 60}]
    # What was answered is on the disk: it is written down before.
    begun = [each["before"] for each in said]
    done = [each["after"] for each in said]
    image, seen, moments = f"{tmp_path}/image", set(), 0
    for position, contents in disklog.disks(base, disklog.read(machine.log), random.Random(seed)):
        least = sum(1 for end in done if end <= position)
        most = sum(1 for start in begun if start < position)
        text = state_file(image, contents)
        moments += 1
        if text is None:
            assert least == 0, f"seed {seed}: no file at {position}, though {STORY[least - 1][0]!r} was done"
            continue
        allowed = [state for _, state in STORY[max(least - 1, 0):most]] + ([{}] if least == 0 else [])
        state = levels(lines(text))
        assert state in allowed, f"seed {seed}: at {position}, after {least} to {most} commands, it is {text!r}"
        seen.add(tuple(sorted(state)))
    print(f"{moments} moments, {len(seen)} states")
    assert seen >= {tuple(sorted(state)) for _, state in STORY}, "not every state was on the disk at some moment"


def state_file(image, contents):
    """What is in the file once the file system has been mended as at a boot; nil without a file."""
    with open(image, "wb") as file:
        file.write(contents)
    mended = subprocess.run(["e2fsck", "-p", image], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert mended.returncode in (0, 1), f"the file system is damaged: {mended.stdout}{mended.stderr}"
    read = subprocess.run(["debugfs", "-R", "cat /lines", image], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return None if "not found" in read.stderr else read.stdout
