"""Each program for another processor logs in to a Prosody on loopback, under qemu user mode, and is switched by chat."""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

import pytest
from conftest import FOREIGN, TOP

# From Tests/Integration: a command, a reading, somebody without rights, an output with timers, presence, the command line, a clean end.
SELECTION = [
    "test_chat.py::test_a_chat_message_switches_the_line_and_the_reply_says_so",
    "test_chat.py::test_reading_a_sensor_tells_value_unit_and_age",
    "test_chat.py::test_a_reading_carries_senml_beside_the_text",
    "test_chat.py::test_an_input_that_changes_is_reported_to_those_who_get_reports",
    "test_chat.py::test_about_tells_version_and_kernel",
    "test_outputs.py::test_one_of_a_group_goes_off_before_the_other_goes_on",
    "test_presence.py::test_the_status_says_the_state_in_words_and_follows_it",
    "test_presence.py::test_stopping_on_purpose_is_told_with_a_status_and_ends_with_success",
    "test_command_line.py::test_chat_with_a_text_prints_the_reply_and_exits_0",
]


@pytest.fixture(scope="module")
def conversations(built, request):
    """What each said that is asked for, begun two at a time: an emulator keeps one processor busy."""
    wanted = {(item.callspec.params["arch"], item.callspec.params["suite"]): None for item in request.session.items if "conversations" in item.fixturenames}
    def converse(arch, suite, folder):
        wrapper = os.path.join(folder, f"{arch}-{suite}")
        # exec'd all the way down, so that signals reach the program.
        with open(wrapper, "w", encoding="utf-8") as script:
            script.write(f'#!/bin/sh\nexec "{TOP}/tools/run-board-program" {arch} {suite} "{built(arch, suite)}/release/perch" "$@"\n')
        os.chmod(wrapper, 0o755)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", TOP + "/Tests/Integration",
             *(TOP + "/Tests/Integration/" + each for each in SELECTION)],
            cwd=TOP, env={**os.environ, "PERCH": wrapper}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=300, check=False)
    with tempfile.TemporaryDirectory(prefix="perch-cross.") as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield {each: pool.submit(converse, *each, folder) for each in wanted}


@pytest.mark.parametrize("arch, suite", FOREIGN)
def test_a_conversation_with_a_board_of_another_architecture(conversations, arch, suite):
    done = conversations[arch, suite].result()
    assert done.returncode == 0 and f"{len(SELECTION)} passed" in done.stdout, done.stdout[-6000:]


@pytest.mark.parametrize("arch, suite", [*FOREIGN, ("amd64", "bookworm"), ("amd64", "trixie")])
def test_what_needs_no_server_works_on_each(built, arch, suite):
    built(arch, suite)
    done = subprocess.run([TOP + "/tools/embedded", arch, suite], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert ", 0 differ" in done.stdout and "\nperch " in done.stdout
