"""The boards that tools/board-vm emulates."""
import collections

# architecture and suite are Debian's: of the kernel, and of the libraries unless told otherwise. tree is the board's device tree among the
# kernel's, None when QEMU makes it; modules are those that are loaded, in this order; port is what the conversation goes through, quiet
# the kernel's console; interface is how the network is called there, if there is one.
Machine = collections.namedtuple("Machine", "title architecture suite kernel emulator tree modules append port interface more")

# QEMU's own board has one chip of 8 lines, whose line 3 is the power button (`system_powerdown` in the monitor). A port for the conversation
# beside the console, and the network, are PCI devices.
VIRT = ["-m", "512", "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-serial-pci",
        "-device", "virtconsole,chardev=talk"]
VIRTIO_NET = ["failover", "net_failover", "virtio_net"]

MACHINES = {
    # Lines that are let go stay outputs, as on Raspberry Pi OS.
    "raspi3b": Machine(
        "Raspberry Pi 3: 54 lines of pinctrl-bcm2835 and the firmware's expander, the processor's thermometer, the PWM chip; no network",
        "arm64", "trixie", "linux-image-arm64", ["qemu-system-aarch64", "-M", "raspi3b"], "bcm2837-rpi-3-b.dtb",
        ["bcm2835_thermal", "pwm-bcm2835", "leds-gpio"], "pinctrl_bcm2835.persist_gpio_outputs=1", "ttyS1", None, ["-serial", "chardev:talk"]),
    # Debian's armel kernel knows ARMv6, and is the last one: Debian 13 has the architecture without one. QEMU has not what bcm2835_power
    # drives, and its USB has the only network. There is no second port on a Zero, but on a Zero W. Its timer, asked for a moment that has
    # just passed, comes an hour later: time is counted in instructions, so that a busy host does not make it pass.
    "raspi0": Machine(
        "Raspberry Pi Zero W, ARMv6 with soft float: 54 lines of pinctrl-bcm2835; a network",
        "armel", "bookworm", "linux-image-rpi", ["qemu-system-arm", "-M", "raspi0", "-icount", "shift=3"], "bcm2835-rpi-zero-w.dtb",
        ["mii", "usbnet", "cdc_ether", "bcm2835-rng"], "initcall_blacklist=bcm2835_power_driver_init", "ttyS1", "usb0",
        ["-netdev", "user,id=net", "-device", "usb-net,netdev=net", "-serial", "chardev:talk"]),
    "virt": Machine(
        "QEMU's own 64-bit board with a Cortex-A53: 8 lines of a PL061; a network",
        "arm64", "trixie", "linux-image-arm64", ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a53"], None,
        VIRTIO_NET, "", "hvc0", "eth0", VIRT),
    # Its devices have to be where 32 bits reach. Debian's kernel would take the power button's line for itself.
    "virt32": Machine(
        "QEMU's own 32-bit board with a Cortex-A7, as in a Raspberry Pi 2: 8 lines of a PL061; a network",
        "armhf", "trixie", "linux-image-armmp", ["qemu-system-arm", "-M", "virt,highmem=off", "-cpu", "cortex-a7"], None,
        VIRTIO_NET, "initcall_blacklist=gpio_keys_init", "hvc0", "eth0", VIRT),
}

# Debian's name of an architecture -> the loader's name and the folder of its libraries.
LOADERS = {
    "arm64": ("ld-linux-aarch64.so.1", "aarch64-linux-gnu"),
    "armhf": ("ld-linux-armhf.so.3", "arm-linux-gnueabihf"),
    "armel": ("ld-linux.so.3", "arm-linux-gnueabi"),
}
