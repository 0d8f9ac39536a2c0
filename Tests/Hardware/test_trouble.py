"""Lines that perch cannot have, and what it says then. tools/gpio-vm gave GPIO5 to a driver called gpio-fan."""
import grp
import os
import pathlib
import subprocess

from conftest import SYSROOT

LAMP = "[line lamp]\npin = GPIO17\npart = relay\n"
NOBODY = 65534


def as_nobody(board, *groups):
    """Options for `Board.command` that make it run as nobody, able to read what it needs."""
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(board.folder)], check=True)
    # A home folder may be closed to others. This is the guest's copy of it, gone with the guest.
    for path in [str(board.folder), os.environ["PERCH_DATA"], SYSROOT + "/lib64", *filter(os.path.isabs, board.program)]:
        for folder in pathlib.Path(path).resolve().parents:
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o111)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": list(groups)}


def test_a_line_in_use_by_a_driver_names_it(board):
    board.configure("[line fan]\npin = GPIO5\npart = relay\n")
    status, out, err = board.command("run", "--config", board.config, "--state", board.state)
    assert status not in (0, 77, 78)
    assert "fan" in err and "GPIO5" in err and "in use by gpio-fan" in err
    status, out, err = board.command("check", "--config", board.config)
    assert status != 0
    assert "in use by gpio-fan" in out + err


def test_a_line_in_use_by_a_program_names_it_and_is_free_afterwards(board, line):
    line("GPIO17")
    holder = subprocess.Popen(["gpioset", "--mode=signal", "pinctrl-bcm2835", "17=1"])
    try:
        line("GPIO17").wait(1)
        board.configure(LAMP)
        status, _, err = board.command("run", "--config", board.config, "--state", board.state)
        assert status not in (0, 77, 78) and "in use by gpioset" in err
    finally:
        holder.terminate()
        holder.wait()
    board.start(LAMP)
    assert board.ask("lamp on") == "lamp is on"


def test_without_permission_perch_names_the_group_and_the_command(board):
    board.configure(LAMP)
    options = as_nobody(board)
    for words in (["run", "--config", board.config, "--state", board.state], ["check", "--config", board.config]):
        status, out, err = board.command(*words, **options)
        assert status == 77, (words, out, err)
        assert "/dev/gpiochip" in out + err and "usermod -aG gpio nobody" in out + err


def test_membership_in_the_group_is_all_it_takes(board):
    board.configure(LAMP)
    status, out, err = board.command("check", "--config", board.config, **as_nobody(board, grp.getgrnam("gpio").gr_gid))
    assert status == 0, out + err


def test_a_line_that_does_not_exist_is_refused_with_file_and_line(board):
    board.configure("[line lamp]\npin = GPIO71\npart = relay\n")
    status, _, err = board.command("run", "--config", board.config, "--state", board.state)
    assert status in (1, 78)
    number = open(board.config).read().split("pin = GPIO71")[0].count("\n") + 1
    assert f"perch.conf:{number}" in err and "GPIO71" in err and "did you mean GPIO17" in err


def test_a_line_in_use_and_one_that_does_not_exist_are_told_in_one_go(board):
    board.configure("[line fan]\npin = GPIO5\npart = relay\n\n[line lamp]\npin = GPIO71\npart = relay\n")
    for words in (["run", "--config", board.config, "--state", board.state], ["check", "--config", board.config]):
        status, out, err = board.command(*words)
        assert status != 0
        assert "fan: GPIO5 is in use by gpio-fan" in out + err and "did you mean GPIO17" in out + err, (words, out, err)


def test_perch_lines_tells_what_is_free_and_what_is_in_use(board):
    status, out, _ = board.command("lines", "--profile", "raspberry-pi-3", "--all")
    assert status == 0
    rows = {row.split()[0]: row for row in out.splitlines() if row.strip()}
    assert "gpio-fan" in rows["GPIO5"]
    assert "11" in rows["GPIO17"] and "free" in rows["GPIO17"]
    assert "RELAY1" in rows and "expander:2" in rows
