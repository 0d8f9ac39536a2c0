import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE]

# Architecture and suite of each program that this machine's processor does not run by itself.
FOREIGN = [(arch, suite) for arch in ("arm64", "armhf", "armel") for suite in ("bookworm", "trixie")]


@pytest.fixture(scope="session")
def built():
    """built(arch, suite) is the folder that tools/embedded made, which compiles only what changed."""
    made = {}

    def build(arch, suite):
        if (arch, suite) not in made:
            subprocess.run([TOP + "/tools/embedded", arch, suite, "--build-only"], check=True, stdout=subprocess.DEVNULL)
            made[arch, suite] = f"{TOP}/.build-embedded-{arch}-{suite}"
        return made[arch, suite]
    return build
