"""Chips that go and come, and many of them."""
import os
import re

from harness.process import eventually

RELAYS = (
    "[line lamp]\npin = GPIO17\npart = relay\n"
    "[line pump]\npin = usb-0\ndirection = output\ninitial = restore\n"
    "[line valve]\npin = usb:1\ndirection = output\ninitial = off\n"
    "[line heater]\npin = usb-2\ndirection = output\ninitial = restore\nactive-low = yes\n"
    "[line hatch]\npin = usb-5\npart = contact\nreport = change\n")


def lines_in_use(pid):
    """How many descriptors of GPIO lines and chips the process has open."""
    links = []
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            links.append(os.readlink(f"/proc/{pid}/fd/{descriptor}"))
        except OSError:
            pass
    return sum("gpio" in link for link in links)


def test_a_chip_that_disappears_while_in_use_and_returns(board, line, chip, trace):
    usb, lamp = chip("usb", 6), line("GPIO17")
    board.start(RELAYS)
    for name in ("lamp", "pump", "valve", "heater"):
        assert board.ask(f"{name} on") == f"{name} is on"
    assert usb.levels() == [1, 1, 0, 0, 0, 1], "the hatch is pulled up, the heater is active low"
    open_before = lines_in_use(board.pid)

    for again in range(2):
        trace.mark(f"unplugged {again}")
        usb.unplug()
        assert "disappeared" in board.ask_until("hatch?", "hatch: I cannot read it: ") or again
        answer = board.ask("pump on")
        assert answer.startswith("pump did not switch: ") and "usb has disappeared" in answer, answer
        # Off is what is kept in mind, on is not.
        answer = board.ask("heater off")
        assert answer.startswith("heater did not switch: "), answer
        assert board.ask("lamp?").startswith("lamp is on"), "a line of another chip"
        assert lamp.level == 1 and trace.levels(lamp, after=f"unplugged {again}") == []

        usb.plug()
        board.ask_until("hatch?", "hatch is open")
        pump, valve, heater = (line("usb", offset) for offset in range(3))
        pump.wait(1), valve.wait(0), heater.wait(1)
        assert board.ask("valve on") == "valve is on" and valve.level == 1
        heard = len(board.alice.messages)
        line("usb", 5).connect(0)
        board.alice.next_message(board.account.jid, after=heard, deadline=60, matching=lambda message: "hatch is closed" in message.body)
        line("usb", 5).connect(1)
        assert board.ask("heater on") == "heater is on" and heater.level == 0
    assert lines_in_use(board.pid) == open_before, "descriptors were left behind"
    assert board.terminate() == 0


def test_a_chip_that_comes_late_gives_its_lines_then(board, line, chip):
    usb = chip("usb", 6)
    usb.unplug()
    board.start(RELAYS)
    assert board.ask("lamp on") == "lamp is on"
    assert board.ask("pump on").startswith("pump did not switch: ")
    usb.plug()
    board.ask_until("valve?", "valve is off")
    assert board.ask("pump on") == "pump is on"
    assert usb.levels()[0] == 1


def test_128_lines_on_4_chips(board, chip, trace):
    chips = [chip(f"rack{number}", 32) for number in range(4)]
    lines = [f"[line r{number}-{offset}]\npin = rack{number}-{offset}\npart = relay\ninitial = restore\ntags = rack{number}\n"
             for number in range(4) for offset in range(32)]
    board.start(lines[0] + lines[32])
    few = private_kilobytes(board.pid)
    board.terminate()
    board.wait_until_seen(False)
    board.start("".join(lines))
    assert all(each.levels() == [0] * 32 for each in chips)
    assert sorted(re.findall(r"r\d-\d+ is on", board.ask("all on"))) == sorted(f"r{n}-{o} is on" for n in range(4) for o in range(32))
    assert all(each.levels() == [1] * 32 for each in chips)
    assert board.ask("rack2 off").count(" is off") == 32
    assert [sum(each.levels()) for each in chips] == [32, 32, 0, 32]
    many = private_kilobytes(board.pid)
    print(f"memory: {few} KB with 2 lines, {many} KB with 128 lines: {(many - few) / 126:.2f} KB a line")

    board.kill()
    assert [sum(each.levels()) for each in chips] == [0, 0, 0, 0]
    board.start()
    assert [sum(each.levels()) for each in chips] == [32, 32, 0, 32], "not what was on before"
    assert board.ask("all off").count(" is off") == 128
    assert [sum(each.levels()) for each in chips] == [0, 0, 0, 0]
    status, out, _ = board.command("lines")
    assert status == 0 and out.count("rack3") >= 32
    assert board.terminate() == 0


def private_kilobytes(pid):
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return sum(int(row.split()[1]) for row in rollup if row.startswith("Private_Dirty"))
