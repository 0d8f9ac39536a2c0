"""Which instructions of a 32-bit ARM program does an ARM1176 (ARMv6 with VFPv2: Raspberry Pi 1, Zero) not have?"""
import os
import re
import shutil
import subprocess
import tempfile

TOOLS = os.path.dirname(os.path.realpath(shutil.which("swiftc") or "/usr/bin/swiftc"))
# What ARMv6T2, ARMv7 and VFPv3 added, and a compiler uses. `udf`, the trap, has no number of its own in ARMv6 and stops it as well.
NEWER = re.compile(
    r"^(movw|movt|dmb|dsb|isb|sdiv|udiv|ubfx|sbfx|bfi|bfc|rbit|mls|ldrht|strht|ldrsbt|ldrsht|pldw|pli|sevl|hvc|smc|lda\w*|stl\w*|crc32\w*"
    r"|vfma|vfms|vfnma|vfnms|vcvtb|vcvtt|vsel\w*|vrint\w*|vmaxnm|vminnm|v(ld|st)[1-4]|vdup|vext|vtbl|vmov\.i(8|16|32|64)|cbn?z|it[te]{0,3}|tb[bh])"
    r"(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?(\.\w+)*$")
LINE = re.compile(r"^\s*[0-9a-f]+:\s+([0-9a-f]{8})\s+(\S+)\s*(.*)$")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def symbols(path):
    """(address, kind, name) of every symbol; the mapping symbols $a, $t and $d (ELF for the Arm architecture, §5.5.5) say where code is."""
    fields = [line.split() for line in output(TOOLS + "/llvm-nm", "--special-syms", "-n", path).splitlines()]
    return [(int(each[0], 16), each[1], each[2]) for each in fields if len(each) == 3]


def disassembled(path, *processor):
    # Without its attributes, which would tell the disassembler that newer instructions are fine.
    with tempfile.TemporaryDirectory() as folder:
        bare = folder + "/program"
        subprocess.run([TOOLS + "/llvm-objcopy", "--remove-section=.ARM.attributes", path, bare], check=True)
        return output(TOOLS + "/llvm-objdump", "-d", *processor, bare)


def findings(path):
    """Sentences, none for a program that an ARM1176 runs; and how many instructions were looked at."""
    found = [f"Thumb code at {address:#x}" for address, _, name in symbols(path) if name == "$t" or name.startswith("$t.")]
    count, function = 0, "?"
    for line in disassembled(path, "--triple=armv6k-unknown-linux-gnueabihf", "--mcpu=arm1176jzf-s").splitlines():
        named, instruction = FUNCTION.match(line), LINE.match(line)
        if named:
            function = named[1]
        elif instruction and not instruction[2].startswith(".word"):
            count += 1
            if instruction[2] == "<unknown>":
                found.append(f"{instruction[1]} in {function} is no instruction of an ARM1176")
    # The same bytes as a later processor would read them, against a list of names: another pair of eyes.
    for line in disassembled(path, "--triple=armv8a-unknown-linux-gnueabihf", "--mattr=+neon,+vfp4,+hwdiv-arm").splitlines():
        instruction = LINE.match(line)
        # Between registers VFPv2 moves as well, but a constant only VFPv3 does.
        if instruction and (NEWER.match(instruction[2]) or instruction[2].startswith("vmov") and "#" in instruction[3]):
            found.append(f"{instruction[2]} {instruction[3]}")
    return found, count


def lost_returns(path):
    """Functions made by LLVM's outliner that call another without having kept where they return to."""
    lost, name, kept = [], "", False
    for line in disassembled(path, "--triple=armv6k-unknown-linux-gnueabihf", "--mcpu=arm1176jzf-s").splitlines():
        named, instruction = FUNCTION.match(line), LINE.match(line)
        if named:
            name, kept = named[1], False
        elif instruction and name.startswith("OUTLINED_FUNCTION"):
            words = instruction[2] + " " + instruction[3]
            kept = kept or bool(re.match(r"(str|push|stm\w*|mov)\b.*\blr\b", words))
            if instruction[2].startswith("bl") and instruction[2] not in ("bls", "blt", "ble", "blo") and not kept:
                lost.append(name)
    return lost


def text(path):
    """The bytes of the program's code."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([TOOLS + "/llvm-objcopy", "-O", "binary", "--only-section=.text", "--only-section=.plt", path, folder + "/text"], check=True)
        with open(folder + "/text", "rb") as file:
            return file.read()
