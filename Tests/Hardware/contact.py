"""A board as alice sees it, whatever runs it: a process here, the service in Tests/System."""
import os
import re
import time

from harness.process import eventually

# An emulated processor next to other work is some thirty times slower than this machine.
PATIENCE = int(os.environ.get("PERCH_PATIENCE", 180))
TOO_FAST = "That is too fast for me"


class Contact:
    def __init__(self, account, alice):
        self.account, self.alice = account, alice

    def log(self):
        """What perch said; it is shown where something that alice waits for does not come."""
        raise NotImplementedError

    def _wait(self, wait, *words, **options):
        try:
            return wait(*words, **options)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\nperch said:\n{self.log()}") from None

    @property
    def is_seen(self):
        """Whether her roster shows it online."""
        shown = [presence.type for presence in self.alice.presences
                 if presence.bare == self.account.jid and presence.type in ("available", "unavailable")]
        return shown[-1:] == ["available"]

    def wait_until_seen(self, seen=True):
        self._wait(eventually, lambda: self.is_seen == seen, PATIENCE, f"the board {'on' if seen else 'off'}line")

    def seen(self):
        """A place in what alice sees."""
        return len(self.alice.presences)

    def wait_presence(self, kind="available", after=0):
        """The first presence of that kind after that place."""
        return self._wait(self.alice.wait_presence, self.account.jid, kind, after=after, deadline=PATIENCE)

    def ask(self, text):
        """Say `text` and return the answer. Said again when that was too fast: 10 commands in 10 s are the limit."""
        while True:
            answer = self._wait(self.alice.say, self.account.jid, text, deadline=PATIENCE)
            if TOO_FAST not in answer:
                return answer
            time.sleep(int(re.search(r"again in (\d+) s", answer)[1]))

    def ask_until(self, text, beginning):
        """Ask again and again until the answer begins so: for what perch looks at in its own time."""
        end = time.monotonic() + PATIENCE
        while not (answer := self.ask(text)).startswith(beginning):
            assert time.monotonic() < end, f"still {answer!r}"
            time.sleep(1)
        return answer
