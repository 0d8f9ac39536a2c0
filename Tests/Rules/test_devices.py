"""devices/: each profile and each part is well formed, and the pins agree with each other."""
import os
import re

import pytest

from conftest import TOP

BOARDS, PARTS = TOP + "/devices/boards", TOP + "/devices/parts"
LINE_KEYS = {
    "direction": "output|input", "bias": "pull-up|pull-down|disabled|as-is", "active-low": "yes|no", "debounce": r"\d+ms",
    "initial": "off|on|restore|keep", "on-exit": "off|on|keep", "on-disconnect": r"(off|on) after \S+", "max-on": r"\d+(min|h)",
    "confirm": "yes|no", "when-on": r"\w+", "when-off": r"\w+", "report": "change"}
SENSOR_KEYS = {
    "source-kind": "w1|iio|hwmon|thermal|file|system", "unit": r"\S+", "digits": r"\d", "scale": r"-?[\d.]+", "offset": r"-?[\d.]+",
    "report": r"change [\d.]+ every \d+(s|min)\.\.\d+(s|min|h)"}
# Raspberry Pi's 40-pin header: pins with ground or a supply, and the two of the add-on board's memory.
POWER_AND_IDENTITY = {1, 2, 4, 6, 9, 14, 17, 20, 25, 27, 28, 30, 34, 39}


def parse(path):
    """{section: {key: value}}; stricter than perch's own parser about what our own files may hold."""
    sections, current = {}, None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        assert len(line) <= 125, f"{path}:{number} is too long"
        if not line or line.startswith(";"):
            continue
        where = f"{path}:{number}"
        if line.startswith("["):
            name = re.fullmatch(r"\[(\w+)\]", line)[1]
            assert name not in sections, f"{where} stands twice"
            current = sections[name] = {}
            continue
        match = re.fullmatch(r"([A-Za-z0-9_-]+( \d+)?) = (\S.*)", line)
        assert match, f"{where} is neither a section nor `key = value`"
        assert match[1] not in current, f"{where}: {match[1]} stands twice"
        current[match[1]] = match[3]
    return sections


def files(folder):
    return sorted(name for name in os.listdir(folder))


def header(profile):
    return {int(pin.removeprefix("pin ")): name for pin, name in profile["header"].items()}


@pytest.mark.parametrize("name", files(BOARDS))
def test_a_profile_has_its_sections_and_teaches_wiring(name):
    profile = parse(f"{BOARDS}/{name}")
    assert name.endswith(".conf")
    assert set(profile) <= {"board", "header", "pins", "functions"} and {"board", "header", "pins"} <= set(profile)
    assert set(profile["board"]) <= {"name", "compatible", "chip"} and {"name", "chip"} <= set(profile["board"])
    if name != "simulated.conf":
        text = open(f"{BOARDS}/{name}", encoding="utf-8").read()
        assert all(word in text for word in ("3.3 V", "mA", "safe", "boot", "pull")), "the comments leave something out"


@pytest.mark.parametrize("name", files(BOARDS))
def test_the_pins_of_a_profile_agree_with_each_other(name):
    profile = parse(f"{BOARDS}/{name}")
    pins, on_header = profile["pins"], header(profile)
    assert len(set(on_header.values())) == len(on_header), "two header pins are the same line"
    assert len(set(pins.values())) == len(pins), "two lines are the same offset"
    assert set(on_header.values()) == set(pins), "a line is on the header or has an offset, but not both"
    assert set(profile.get("functions", {})) <= set(pins)
    for line, offset in pins.items():
        assert 0 <= int(offset) <= 511
        # BCM numbers are the offsets in every chip that drives a Raspberry Pi's header.
        assert line == f"GPIO{offset}"


def test_every_raspberry_pi_has_the_same_header():
    headers = {name: header(parse(f"{BOARDS}/{name}")) for name in files(BOARDS)}
    first = headers["raspberry-pi-3.conf"]
    assert all(each == first for each in headers.values())
    assert set(first) | POWER_AND_IDENTITY == set(range(1, 41)) and not set(first) & POWER_AND_IDENTITY


def test_no_two_boards_answer_to_the_same_device_tree_name():
    names = [word for name in files(BOARDS) for word in parse(f"{BOARDS}/{name}")["board"].get("compatible", "").split()]
    assert len(names) == len(set(names))
    # Whole families share their processor's name: it would match the wrong board.
    assert all(name.startswith("raspberrypi,") for name in names)


@pytest.mark.parametrize("name", files(BOARDS))
def test_the_drawing_in_a_profile_shows_the_pins_it_lists(name):
    drawn = {}
    for line in open(f"{BOARDS}/{name}", encoding="utf-8"):
        match = re.fullmatch(r";(.*) (\d+) \| (\d+) (.*)\n", line)
        if match:
            left, right = (re.search(r"GPIO\d+", side) for side in (match[1], match[4]))
            drawn |= {int(match[2]): left and left[0], int(match[3]): right and right[0]}
    if name == "simulated.conf":
        assert not drawn
        return
    assert set(drawn) == set(range(1, 41))
    assert {pin: line for pin, line in drawn.items() if line} == header(parse(f"{BOARDS}/{name}"))


@pytest.mark.parametrize("name", files(PARTS))
def test_a_part_has_one_section_of_known_keys_and_values(name):
    part = parse(f"{PARTS}/{name}")
    assert len(part) == 1
    (section, entries), = part.items()
    known = {"line": LINE_KEYS, "sensor": SENSOR_KEYS}[section]
    assert entries
    for key, value in entries.items():
        assert key in known, f"{key} is no key of [{section}]"
        assert re.fullmatch(known[key], value), f"{key} = {value}"
    if section == "line":
        assert "direction" in entries
        if entries["direction"] == "input":
            assert not {"initial", "on-exit", "on-disconnect", "max-on"} & set(entries), "an input cannot be switched"
            assert ("when-on" in entries) == ("when-off" in entries)
    else:
        assert {"source-kind", "report"} <= set(entries)


@pytest.mark.parametrize("name", files(PARTS))
def test_a_part_teaches_its_wiring_and_how_to_enable_it(name):
    text = open(f"{PARTS}/{name}", encoding="utf-8").read()
    assert "; Wiring " in text
    if "[sensor]" in text:
        assert all(word in text for word in ("; Enable ", "dtoverlay=", "; Driver ", "; Source ", "`perch sensors`"))
