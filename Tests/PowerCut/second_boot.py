"""second_boot.py FOLDER: perch starts without any server; the result is what the wires then have, and its file before and after."""
import os
import sys

import guest
from harness.process import Process
from kernel import Line

folder = sys.argv[1]
path = guest.STATE + "/lines"


def file():
    if not os.path.exists(path):
        return None
    with open(path) as lines:
        return lines.read()


guest.mount()
before = file()
with open(folder + "/perch.conf", "w") as configuration:
    # Nobody listens at that port.
    configuration.write(
        f"[account]\njid = greenhouse@garden.example\npassword-file = {folder}/password\nserver = 127.0.0.1:9\n\n"
        f"[board]\nprofile = raspberry-pi-3\n\n{guest.LINES}")
with open(os.open(folder + "/password", os.O_CREAT | os.O_WRONLY, 0o600), "w") as password:
    password.write("secret\n")
perch = Process([*guest.programs()[os.environ["PERCH_LIBRARY"]], "run", "--config", folder + "/perch.conf", "--state", guest.STATE], name="perch")
perch.wait_for_line("offline", deadline=60)
levels = {name: Line(pin).level for name, pin in [
    ("pump", "GPIO17"), ("fan", "GPIO22"), ("lamp", "GPIO23"), ("heat", "GPIO24"), ("siren", "GPIO25"), ("valve", "GPIO26")]}
guest.tell(folder, {"before": before, "levels": levels, "after": file(), "said": perch.text()})
