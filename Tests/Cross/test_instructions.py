"""One armhf program for every Raspberry Pi and for Debian: it has no instruction that the first Pi lacks, nor have the armel ones."""
import os
import subprocess

import pytest
from conftest import TOP
from instructions import findings, lost_returns, output, text

ARM = [(arch, suite) for arch in ("armhf", "armel") for suite in ("bookworm", "trixie")]
# What ARMv7 does with one instruction: a constant, a division, bits, a barrier.
NEWER = """
int constant(void) { return 0x12345678; }
int divided(int a, int b) { return a / b; }
unsigned bits(unsigned a) { return (a >> 5) & 0x7f; }
int locked(int *a) { return __atomic_add_fetch(a, 1, __ATOMIC_SEQ_CST); }
"""


def compiled(folder, source, name, *flags):
    (folder / "newer.c").write_text(source)
    subprocess.run(["clang", "-Os", "-c", *flags, str(folder / "newer.c"), "-o", str(folder / name)], check=True)
    return str(folder / name)


@pytest.mark.parametrize("arch, suite", ARM)
def test_no_instruction_is_newer_than_a_Raspberry_Pi_1(built, arch, suite):
    folder = built(arch, suite)
    with_symbols, program = folder + "/perch.parts/perch", folder + "/release/perch"
    assert text(with_symbols) == text(program), "what is looked at is not what is shipped"
    found, count = findings(with_symbols)
    assert not found
    assert count > 100_000


@pytest.mark.parametrize("arch, suite", ARM)
def test_no_function_forgets_where_to_return(built, arch, suite):
    assert not lost_returns(built(arch, suite) + "/perch.parts/perch")


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_the_armhf_program_says_that_it_is_ARMv6_with_hard_floats(built, suite):
    program = built("armhf", suite) + "/release/perch"
    header, attributes = output("readelf", "-hW", program), output("readelf", "-A", program)
    assert "hard-float ABI" in header and "DYN" in header
    assert "Tag_CPU_arch: v6" in attributes and "Tag_ABI_VFP_args: VFP registers" in attributes and "v7" not in attributes
    assert "VFPv2" in attributes
    assert "/lib/ld-linux-armhf.so.3" in output("readelf", "-lW", program)
    # Debian's start files bring these.
    symbols = output("readelf", "-sW", built("armhf", suite) + "/perch.parts/perch")
    assert not [name for name in ("deregister_tm_clones", "call_weak_fn", "frame_dummy") if name in symbols]


@pytest.mark.parametrize("arch, suite", [("amd64", "bookworm"), ("amd64", "trixie"), ("arm64", "trixie"), *ARM])
def test_the_stack_is_not_executable_and_no_path_of_this_machine_is_in_the_program(built, arch, suite):
    program = built(arch, suite) + "/release/perch"
    stack = [line for line in output("readelf", "-lW", program).splitlines() if "GNU_STACK" in line]
    assert stack and "RWE" not in stack[0]
    with open(program, "rb") as file:
        contents = file.read()
    for path in (TOP, os.path.expanduser("~"), os.path.realpath(built(arch, suite)), "/opt/"):
        assert path == "/" or path.encode() not in contents, path


def test_the_check_sees_what_a_compiler_makes_for_ARMv7(tmp_path):
    newer = compiled(tmp_path, NEWER, "newer.o", "--target=armv7-unknown-linux-gnueabihf", "-marm", "-mcpu=cortex-a7")
    found, _ = findings(newer)
    text = "\n".join(found)
    for instruction in ("movw", "movt", "sdiv", "ubfx", "dmb"):
        assert instruction in text, text
    assert "no instruction of an ARM1176" in text


def test_the_check_sees_Thumb_2(tmp_path):
    found, _ = findings(compiled(tmp_path, NEWER, "thumb.o", "--target=armv7-unknown-linux-gnueabihf", "-mthumb"))
    assert any(each.startswith("Thumb code") for each in found)


def test_the_check_sees_that_Debians_own_start_file_is_newer():
    sysroot = output(TOP + "/tools/sysroot", "armhf", "trixie").strip()
    assert findings(sysroot + "/usr/lib/arm-linux-gnueabihf/crt1.o")[0]


def test_the_check_passes_the_same_sources_for_an_ARM1176(tmp_path):
    older = compiled(tmp_path, NEWER, "older.o", "--target=armv6-unknown-linux-gnueabihf", "-marm", "-mcpu=arm1176jzf-s")
    found, count = findings(older)
    assert not found and count > 10
