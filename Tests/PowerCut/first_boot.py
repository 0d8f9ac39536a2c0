"""first_boot.py FOLDER MILLISECONDS COMMAND…: perch does what it is told; then the power is cut, so long after the last command.

With commands that are answered the result has for each how long the disk's log was before it was said and after its answer came."""
import os
import pathlib
import sys
import tempfile
import time

import guest
from board import Board
from contact import PATIENCE
from harness.authority import Authority
from harness.person import Person
from harness.prosody import Prosody

folder, delay, commands = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
log = folder + "/disk.log"


def position():
    return os.stat(log).st_size if os.path.exists(log) else 0


guest.mount()
place = pathlib.Path(tempfile.mkdtemp())
os.makedirs(place / "prosody"), os.makedirs(place / "authority"), os.makedirs(place / "board")
with Prosody(place / "prosody", authority=Authority(place / "authority")) as prosody:
    account = prosody.account("greenhouse")
    alice = Person(prosody.account("alice"), prosody)
    alice.connect(deadline=PATIENCE)
    alice.subscribe(account.jid)
    board = Board(place / "board", guest.programs()[os.environ["PERCH_LIBRARY"]], prosody, account, alice)
    board.state = guest.STATE
    board.start(guest.LINES)
    said = []
    for command in commands[:-1]:
        before = position()
        answer = board.ask(command)
        said.append({"command": command, "before": before, "after": position(), "answer": answer})
    guest.tell(folder, {"said": said, "last": position()})
    alice.send(account.jid, commands[-1])
    # Not to synchronise: the moments after a command are what is tried.
    time.sleep(delay / 1000)
    guest.cut()
