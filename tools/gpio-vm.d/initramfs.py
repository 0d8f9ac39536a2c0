"""Builds what tools/gpio-vm boots: an uncompressed kernel and a small initramfs.

  initramfs.py vmlinux VMLINUZ OUT
  initramfs.py initramfs MODULES GPIO_SIM_KO BUSYBOX INIT OUT
"""
import glob
import lzma
import os
import re
import struct
import subprocess
import sys

MODULES = ["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay", "configfs", "gpio-sim"]


def publish(path, data):
    """Never leaves a half written file under the final name."""
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as file:
        file.write(data)
    os.rename(temporary, path)


def vmlinux(source, out):
    """The ELF inside a bzImage (Documentation/x86/boot.rst). It has a PVH entry that QEMU boots
    directly; unpacking it here saves 2 to 3 s of decompression under emulation at every boot."""
    image = open(source, "rb").read()
    real_mode = ((image[0x1F1] or 4) + 1) * 512
    offset, length = struct.unpack("<II", image[0x248:0x250])
    payload = image[real_mode + offset:real_mode + offset + length]
    if payload[:6] == b"\xfd7zXZ\0":
        elf = lzma.LZMADecompressor().decompress(payload)
    elif payload[:4] == b"\x28\xb5\x2f\xfd":
        # The four bytes of size behind the frame upset zstd's exit status, not its output.
        elf = subprocess.run(["zstd", "-dcq"], input=payload, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    else:
        sys.exit("unknown kernel compression " + payload[:6].hex())
    if elf[:4] != b"\x7fELF":
        sys.exit("the kernel image holds no ELF file")
    publish(out, elf)


def load_order(root, gpio_sim):
    """Names and contents of MODULES and what they depend on, in the order of loading."""
    underscores = lambda name: name.replace("-", "_")
    paths = {underscores(os.path.basename(p).split(".ko")[0]): p for p in glob.glob(root + "/kernel/**/*.ko*", recursive=True)}
    paths["gpio_sim"] = gpio_sim
    builtin = {underscores(os.path.basename(line.strip())[:-3]) for line in open(root + "/modules.builtin")}
    contents, order = {}, []

    def load(name):
        name = underscores(name)
        if name in contents or name in builtin:
            return
        if name not in paths:
            sys.exit(f"module {name} is not in this kernel")
        data = open(paths[name], "rb").read()
        if paths[name].endswith(".xz"):
            data = lzma.decompress(data)
        contents[name] = data
        for dependency in re.search(rb"depends=([^\0]*)\0", data).group(1).decode().split(","):
            if dependency:
                load(dependency)
        order.append(name)

    for module in MODULES:
        load(module)
    return [(name, contents[name]) for name in order]


class Archive:
    """A cpio archive in the `newc` format (Documentation/driver-api/early-userspace/buffer-format.rst)."""

    def __init__(self):
        self.data, self.inode = bytearray(), 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.inode += 1
        path = name.encode() + b"\0"
        fields = [self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0]
        self.data += b"070701" + b"".join(b"%08X" % field for field in fields) + path
        self.pad()
        self.data += data
        self.pad()

    def pad(self):
        self.data += b"\0" * (-len(self.data) % 4)


def initramfs(modules, gpio_sim, busybox, init, out):
    archive = Archive()
    for folder in ["bin", "dev", "proc", "sys", "mod", "host", "new", "ctl"]:
        archive.add(folder, 0o40755)
    archive.add("dev/console", 0o20600, device=(5, 1))
    archive.add("bin/busybox", 0o100755, open(busybox, "rb").read())
    for index, (name, data) in enumerate(load_order(modules, gpio_sim)):
        archive.add(f"mod/{index:02d}-{name}.ko", 0o100644, data)
    archive.add("init", 0o100755, open(init, "rb").read())
    archive.add("TRAILER!!!", 0)
    publish(out, bytes(archive.data))


{"vmlinux": vmlinux, "initramfs": initramfs}[sys.argv[1]](*sys.argv[2:])
