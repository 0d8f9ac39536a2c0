"""devices/: each profile and each part is well formed, and the pins agree with each other."""
import os
import re

import pytest

from conftest import TOP

BOARDS, PARTS = TOP + "/devices/boards", TOP + "/devices/parts"
PART_KEYS = {
    "title": r".{3,60}", "enable": r"(dtparam|dtoverlay)=\S+( (dtparam|dtoverlay)=\S+)*", "driver": r"[\w-]+( [\w-]+)*",
    "device": r"[\w:.-]+( [\w:.-]+)*", "new-device": r"\w+ 0x[0-9a-f]{2}", "chip": r"\w+ \d+"}
LINE_KEYS = {
    "direction": "output|input", "bias": "pull-up|pull-down|disabled|as-is", "active-low": "yes|no", "debounce": r"\d+m?s",
    "initial": "off|on|restore|keep", "on-exit": "off|on|keep", "on-disconnect": r"(off|on) after \d+(min|h)", "max-on": r"\d+(min|h)",
    "confirm": "yes|no", "when-on": r"\w+", "when-off": r"\w+", "report": "change|press|no",
    "min-off": r"\d+(s|min)", "pwm": r"\d+k?Hz", "pwm-range": r"\d+%\.\.\d+%"}
SENSOR_KEYS = {
    "source-kind": "w1|iio|hwmon|thermal|file|system|counter", "unit": r"\S+", "digits": r"\d", "scale": r"-?[\d.]+", "unit-per-pulse": r"[\d.]+", "offset": r"-?[\d.]+",
    "report": r"change [\d.]+ every \d+(s|min)\.\.\d+(s|min|h)", "alarm": r"(above|below) [\d.]+( clear [\d.]+)?( for \d+(s|min))?"}
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


def board(name):
    """A profile with what it takes over from the one that it is like."""
    profile = parse(f"{BOARDS}/{name}")
    base = profile["board"].get("like")
    if base:
        for section, entries in board(base + ".conf").items():
            if section == "board":
                profile["board"].setdefault("chip", entries["chip"])
            else:
                profile[section] = entries | profile.get(section, {})
    return profile


def comments(name):
    return "".join(line for line in open(f"{BOARDS}/{name}", encoding="utf-8") if line.startswith(";"))


def files(folder):
    return sorted(name for name in os.listdir(folder))


def header(profile):
    """The lines of a header; what else is on its pins (supply, ground) is left out."""
    pins = {int(pin.removeprefix("pin ")): name for pin, name in profile.get("header", {}).items()}
    return {number: name for number, name in pins.items() if name in profile["pins"]}


@pytest.mark.parametrize("name", files(BOARDS))
def test_a_profile_has_its_sections_and_teaches_wiring(name):
    profile = parse(f"{BOARDS}/{name}")
    assert name.endswith(".conf")
    assert set(board(name)) - {"header", "functions", "pwm", "taken"} == {"board", "pins"}
    assert set(profile["board"]) <= {"name", "compatible", "chip", "like"} and "name" in profile["board"]
    text = comments(name)
    if name == "simulated.conf":
        return
    assert "Taken from" in text, "which files of the kernel is this from?"
    if "like" in profile["board"]:
        assert profile["board"]["like"] + ".conf" in text or "raspberry-pi-3.conf" in text, "where is the drawing?"
    else:
        assert all(word in text for word in ("3.3 V", "mA", "safe", "boot", "pull")), "the comments leave something out"


@pytest.mark.parametrize("name", files(BOARDS))
def test_the_pins_of_a_profile_agree_with_each_other(name):
    profile = board(name)
    pins, on_header = profile["pins"], header(profile)
    assert len(set(on_header.values())) == len(on_header), "two header pins are the same line"
    assert len(set(pins.values())) == len(pins), "two lines are the same offset"
    if "header" in profile:
        assert set(on_header.values()) == set(pins), "a line is on the header or has an offset, but not both"
    for section in ("functions", "pwm", "taken"):
        assert set(profile.get(section, {})) <= set(pins), f"[{section}] has a line that [pins] has not"
    for line, place in pins.items():
        label, _, offset = place.rpartition(":")
        if name.startswith(("raspberry-pi", "simulated")):
            # BCM numbers are the offsets in every chip that drives a Raspberry Pi's header.
            assert line == f"GPIO{place}"
        elif name.startswith(("orange-pi", "banana-pi")):
            # pinctrl-sunxi.c: 32 lines a letter, the second chip begins with PL.
            first = "L" if label == "1f02c00.pinctrl" else "A"
            assert int(offset) == (ord(line[1]) - ord(first)) * 32 + int(line[2:])
        elif name.startswith("radxa"):
            bank, letter, number = re.fullmatch(r"GPIO(\d)_([A-D])(\d)", line).groups()
            assert place == f"gpio{bank}:{(ord(letter) - ord('A')) * 8 + int(number)}"
        else:
            assert place == f'"{line}"' and re.fullmatch(r"P[89]_\d+[AB]?", line)


@pytest.mark.parametrize("name", files(BOARDS))
def test_pwm_and_taken_pins_name_devices_as_linux_does(name):
    profile = board(name)
    device = r"[0-9a-f]+\.(pwm|i2c|spi|serial|i2s|mmc|lcdc|mcasp)"
    channels = set()
    for line, value in profile.get("pwm", {}).items():
        match = re.fullmatch(r"(\S+):(\d+)( \S.*)?", value)
        assert all(re.fullmatch(device, each) or each == "simulated" for each in match[1].split(",")), value
        if not match[3]:
            # Two pins may share a channel only where an overlay chooses between them.
            assert (match[1], match[2]) not in channels
            channels.add((match[1], match[2]))
        elif match[3].startswith(" dtoverlay=pwm"):
            assert f"pin={profile['pins'][line]}," in match[3]
    for line, value in profile.get("taken", {}).items():
        assert all(re.fullmatch(device, each) for each in value.split()[0].split(",")), value
        assert line in profile["functions"]


def test_every_raspberry_pi_with_40_pins_has_the_same_header():
    names = [name for name in files(BOARDS) if re.match(r"raspberry-pi-(?!1\.|1-rev2)|simulated", name)]
    assert len(names) == 13
    headers = {name: header(board(name)) for name in names}
    first = headers["raspberry-pi-3.conf"]
    assert all(each == first for each in headers.values())
    assert set(first) | POWER_AND_IDENTITY == set(range(1, 41)) and not set(first) & POWER_AND_IDENTITY
    old = header(board("raspberry-pi-1-rev2.conf"))
    assert old == {pin: line for pin, line in first.items() if pin <= 26}
    assert header(board("raspberry-pi-1.conf")) == {pin: line for pin, line in old.items() if pin not in (3, 5, 13)}


def test_no_two_boards_answer_to_the_same_device_tree_name_or_have_the_same_title():
    profiles = [parse(f"{BOARDS}/{name}")["board"] for name in files(BOARDS)]
    names = [word for profile in profiles for word in profile.get("compatible", "").split()]
    assert len(names) == len(set(names))
    assert len({profile["name"] for profile in profiles}) == len(profiles)
    # Whole families share their processor's name: it would match the wrong board.
    makers = ("raspberrypi,", "xunlong,", "sinovoip,", "radxa,", "ti,am335x-bone-black")
    assert all(name.startswith(makers) for name in names)


@pytest.mark.parametrize("name", files(BOARDS))
def test_the_drawing_in_a_profile_shows_the_pins_it_lists(name):
    profile = board(name)
    drawn = {}
    for line in open(f"{BOARDS}/{name}", encoding="utf-8"):
        match = re.fullmatch(r";(.*) (\d+) \| (\d+) +(.*)\n", line)
        if match:
            # The line's name stands next to the pin's number.
            drawn |= {int(match[2]): match[1].split(), int(match[3]): match[4].split()}
            drawn[int(match[2])].reverse()
    if not drawn:
        assert name == "simulated.conf" or "like" in profile["board"] or "header" not in profile
        return
    assert set(drawn) == {int(pin.removeprefix("pin ")) for pin in profile["header"]}
    assert {pin: words[0] for pin, words in drawn.items() if words[0] in profile["pins"]} == header(profile)
    for pin, words in drawn.items():
        if words[0] == "ground":
            assert profile["header"][f"pin {pin}"] == "ground"


def words(part, key):
    return part.get("part", {}).get(key, "").split()


@pytest.mark.parametrize("name", files(PARTS))
def test_a_part_has_sections_of_known_keys_and_values(name):
    part = parse(f"{PARTS}/{name}")
    assert list(part) in (["part", "line"], ["part", "sensor"], ["part", "line", "sensor"], ["part"])
    assert ("chip" in part["part"]) == (list(part) == ["part"])
    for section, entries in part.items():
        known = {"part": PART_KEYS, "line": LINE_KEYS, "sensor": SENSOR_KEYS}[section]
        assert entries
        for key, value in entries.items():
            assert key in known, f"{key} is no key of [{section}]"
            assert re.fullmatch(known[key], value), f"{key} = {value}"
    if line := part.get("line"):
        assert "direction" in line
        if line["direction"] == "input":
            assert not {"initial", "on-exit", "on-disconnect", "max-on"} & set(line), "an input cannot be switched"
            assert ("when-on" in line) == ("when-off" in line)
        else:
            assert {"initial", "on-exit"} <= set(line), "an output says what becomes of it"
    if sensor := part.get("sensor"):
        assert {"source-kind", "report"} <= set(sensor)


@pytest.mark.parametrize("name", files(PARTS))
def test_a_part_teaches_its_wiring_and_how_to_enable_it(name):
    part, text = parse(f"{PARTS}/{name}"), open(f"{PARTS}/{name}", encoding="utf-8").read()
    assert "; Wiring " in text
    if part.get("sensor", {}).get("source-kind", "counter") != "counter" or "chip" in part["part"]:
        assert all(word in text for word in ("; Enable ", "; Driver ", "; Source ")), "the comments leave something out"
        assert "`perch sensors`" in text or "`perch lines`" in text
    for line in words(part, "enable"):
        assert line in text.split("[part]")[0], f"the comments do not say {line}"
    if device := part["part"].get("new-device"):
        assert f"echo {device} > /sys/bus/i2c/devices/i2c-1/new_device" in text
        assert f'ATTR{{new_device}}="{device}"' in text
        assert device.split()[0] in (words(part, "device") or [name.removesuffix(".conf")])


def test_pins_of_the_header_in_a_part_are_what_it_says_they_are():
    """Every "GPIO4 (pin 7)", "ground (pin 9)" and "3.3 V (pin 1)" is a pin of Raspberry Pi's header."""
    lines = header(board("raspberry-pi-4.conf"))
    supplies = {"3.3 V": {1, 17}, "5 V": {2, 4}, "ground": {6, 9, 14, 20, 25, 30, 34, 39}}
    seen = 0
    for name in files(PARTS):
        text = open(f"{PARTS}/{name}", encoding="utf-8").read()
        for what, pin, other in re.findall(r"(GPIO\d+|3\.3 V|5 V|ground) \(pin (\d+)(?: or (\d+))?", text):
            for number in filter(None, (pin, other)):
                seen += 1
                assert int(number) in supplies.get(what, ()) or lines.get(int(number)) == what, f"{name}: {what} is not pin {number}"
    assert seen > 100


# As boot/overlays/README of raspberrypi/firmware spells them; what else a part enables has to be looked up there first.
OVERLAYS = {
    "w1-gpio": {"gpiopin"}, "dht11": {"gpiopin"}, "mcp3008": {"spi0-0-present", "spi0-1-present"}, "pcf857x": {"pcf8574", "pcf8574a", "addr"},
    "ads1115": {"cha_enable", "chb_enable", "chc_enable", "chd_enable"}, "ads1015": set(), "mcp23017": {"gpiopin", "addr", "noints", "mcp23008"},
    "i2c-sensor": {"addr", "aht10", "aht20", "bh1750", "bme280", "bme680", "bmp280", "jc42", "lm75", "sgp30", "sht3x", "sht4x"}}


@pytest.mark.parametrize("name", files(PARTS))
def test_the_overlays_of_a_part_exist(name):
    text = open(f"{PARTS}/{name}", encoding="utf-8").read()
    for overlay, rest in re.findall(r"dtoverlay=([\w-]+)((?:,[\w=-]+)*)", text):
        assert overlay in OVERLAYS
        assert {word.partition("=")[0] for word in rest.split(",")[1:]} <= OVERLAYS[overlay]
    for parameter in re.findall(r"dtparam=(\S+)", text):
        assert parameter in {"i2c_arm=on", "spi=on", "i2c_arm_baudrate=10000"}


def test_no_two_parts_are_shown_by_the_kernel_under_the_same_name():
    names = []
    for name in files(PARTS):
        part = parse(f"{PARTS}/{name}")
        if "sensor" in part and part["sensor"]["source-kind"] != "counter":
            names += words(part, "device") or [name.removesuffix(".conf")]
    assert len(names) == len(set(names))


def test_there_are_the_parts_that_people_buy():
    assert len(files(PARTS)) >= 40


def test_the_table_of_parts_is_up_to_date(tool):
    text = open(f"{TOP}/docs/parts.md", encoding="utf-8").read()
    assert text == tool("parts-table").page(TOP), "run tools/parts-table"
