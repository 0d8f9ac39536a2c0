"""What the two boots have in common, inside the machine."""
import json
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [TOP + "/Tests/Hardware", TOP + "/Tests/Integration"]

STATE = "/run/perch-state"
LINES = "".join(f"[line {name}]\npin = {pin}\ndirection = output\n{more}\n" for name, pin, more in [
    ("pump", "GPIO17", "initial = restore"), ("fan", "GPIO22", "initial = restore"), ("lamp", "GPIO23", "initial = restore"),
    ("heat", "GPIO24", "initial = restore"), ("siren", "GPIO25", "initial = off"), ("valve", "GPIO26", "initial = restore\nactive-low = yes")])


def programs():
    sysroot = os.environ["PERCH_SYSROOT"]
    return {
        "libgpiod 1.6": [os.environ["PERCH"]],
        # Debian 13's program with Debian 13's libraries, on this machine's kernel and files.
        "libgpiod 2": [
            sysroot + "/lib64/ld-linux-x86-64.so.2", "--library-path", sysroot + "/usr/lib/x86_64-linux-gnu", os.environ["PERCH_GPIOD2"]],
    }


def mount():
    os.makedirs(STATE, exist_ok=True)
    assert os.system(f"mount -t ext4 /dev/vda {STATE}") == 0


def tell(folder, what):
    """To the outside."""
    with open(f"{folder}/result.new", "w") as file:
        json.dump(what, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{folder}/result.new", f"{folder}/result")


def cut():
    with open("/run/gpio-vm/cut", "wb", buffering=0) as file:
        file.write(b"\n")
    while True:
        pass
