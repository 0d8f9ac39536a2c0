"""Lines that somebody else holds, and what a reload does about it. tools/gpio-vm gave GPIO5 to a driver called gpio-fan."""
import signal
import subprocess

LAMP = "[line lamp]\npin = GPIO17\npart = relay\n"


def reload(board, lines):
    """Write the file and have it read; what the board logged about it."""
    board.configure(lines)
    seen = len(board.process.lines)
    board.process.send_signal(signal.SIGHUP)
    board.process.wait_for_line("configuration reloaded|stays in force", deadline=60, after=seen)
    return "\n".join(board.process.lines[seen:])


def test_a_reload_that_wants_a_line_in_use_changes_nothing_and_works_once_it_is_free(board, line, trace):
    lamp, pump, fan = line("GPIO17"), line("GPIO22"), line("GPIO23")
    board.start(LAMP)
    assert board.ask("lamp on") == "lamp is on"
    holder = subprocess.Popen(["gpioset", "--mode=signal", "pinctrl-bcm2835", "22=1"])
    # The fan stands before the pump, and would be on.
    wanted = LAMP + "[line fan]\npin = GPIO23\npart = relay\ninitial = on\n[line pump]\npin = GPIO22\npart = relay\n"
    try:
        pump.wait(1)
        trace.mark("refused")
        said = reload(board, wanted)
        assert "pump" in said and "in use by gpioset" in said and "stays in force" in said
        # A driver of the kernel's own is no other case.
        said = reload(board, wanted.replace("GPIO22", "GPIO5"))
        assert "in use by gpio-fan" in said
        assert pump.level == 1, "the other program's line was touched"
        assert trace.levels(lamp, after="refused") == [] and lamp.level == 1
        assert trace.levels(fan, after="refused") == [] and fan.level == 0, "a refused configuration made a relay click"
        assert "pump" in board.ask("pump on") and board.ask("lamp?") == "lamp is on"
    finally:
        holder.terminate()
        holder.wait()
    trace.mark("free")
    said = reload(board, wanted)
    assert "stays in force" not in said
    assert fan.level == 1 and trace.levels(lamp, after="free") == [] and lamp.level == 1
    assert board.ask("pump on") == "pump is on" and pump.level == 1
    # A line that leaves the configuration is free for others, and its neighbours stay as they are.
    trace.mark("smaller")
    reload(board, LAMP)
    subprocess.run(["gpioset", "pinctrl-bcm2835", "22=0"], check=True)
    assert trace.levels(lamp, after="smaller") == [] and lamp.level == 1


def test_a_start_that_fails_for_a_busy_line_makes_no_relay_click(board, line, trace):
    fan = line("GPIO23")
    board.configure("[line fan]\npin = GPIO23\npart = relay\ninitial = on\n[line cooler]\npin = GPIO5\npart = relay\n")
    trace.mark("start")
    status, _, err = board.command("run", "--config", board.config, "--state", board.state)
    assert status == 1 and "in use by gpio-fan" in err
    assert trace.levels(fan, after="start") == [], "and again at each of systemd's attempts"
