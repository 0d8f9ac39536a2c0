"""Chips of gpio-sim that tests make, take away and bring back (Documentation/admin-guide/gpio/gpio-sim.rst)."""
import os

from kernel import SIM, read

CONFIGFS = "/sys/kernel/config/gpio-sim"


class Chip:
    """A chip of its own device, so that it can go and come back alone. Its lines are `line(label, offset)`."""

    def __init__(self, label, count, named=True):
        self.label, self.count = label, count
        self._folder = f"{CONFIGFS}/{label}"
        os.makedirs(f"{self._folder}/bank0")
        self._write("bank0/num_lines", str(count))
        self._write("bank0/label", label)
        if named:
            for offset in range(count):
                os.mkdir(f"{self._folder}/bank0/line{offset}")
                self._write(f"bank0/line{offset}/name", f"{label}-{offset}")

    def _write(self, name, text):
        with open(f"{self._folder}/{name}", "w") as file:
            file.write(text)

    def plug(self):
        self._write("live", "1")
        self.folder = f"/sys/devices/platform/{read(self._folder + '/dev_name')}/{read(self._folder + '/bank0/chip_name')}"
        os.symlink(self.folder, f"{SIM}/sysfs-{self.label}")
        return self

    def unplug(self):
        """Also while lines are in use, as a cable that is pulled."""
        self._write("live", "0")
        os.remove(f"{SIM}/sysfs-{self.label}")

    def levels(self):
        """What is on each wire."""
        return [int(read(f"{self.folder}/sim_gpio{offset}/value")) for offset in range(self.count)]

    def remove(self):
        if os.path.lexists(f"{SIM}/sysfs-{self.label}"):
            self.unplug()
        bank = f"{self._folder}/bank0"
        for offset in range(self.count):
            if os.path.isdir(f"{bank}/line{offset}"):
                os.rmdir(f"{bank}/line{offset}")
        os.rmdir(bank)
        os.rmdir(self._folder)
