"""What a connected Perch needs of memory, and how much more with each line, each sensor and each contact."""
import os
import time

from harness.perch import Perch

SETTLE_SECONDS = 5  # after login, before memory and wake-ups are looked at
#: What grows, and the numbers of items measured; the last less the first is what one costs. A server sends the whole roster as one element,
#: and what reading that needs besides is no less for a hundred contacts than for a thousand.
NUMBERS = {"line": (1, 101, 201), "sensor": (1, 101, 201), "contact in the roster": (0, 400, 1600)}


def memory(pid):
    """(RSS, private dirty) in KB."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        values = {line.split(":")[0]: int(line.split()[1]) for line in file if line.rstrip().endswith("kB")}
    return values["Rss"], values["Private_Dirty"]


def lines(count):
    return "\n" + "".join(f"[line line{number}]\npin = simulated:{number + 2}\npart = relay\n\n" for number in range(count))


def sensors(count):
    return "\n" + "".join(f"[sensor place{number}]\nsource = simulated:place{number}\nunit = Cel\nreport = change 0.5 every 1h..12h\n\n" for number in range(count))


def table(program, prosody, folder, note):
    """Markdown."""
    os.environ["PERCH"] = program
    rows = []
    for what, numbers in NUMBERS.items():
        note(f"memory of each {what} …")
        found = []
        for number in numbers:
            account = prosody.account("board")
            people = {f"*@{prosody.domain}": "operator"}
            if what.startswith("contact"):
                people["*@people.example"] = "viewer"
                prosody.set_roster(account, [f"somebody{each:03}@people.example" for each in range(number)])
            more = lines(number) if what == "line" else sensors(number) if what == "sensor" else lines(1)
            board = Perch(f"{folder}/{what[:6]}-{number}", account, prosody, people=people, lines=more)
            try:
                board.start().online()
                time.sleep(SETTLE_SECONDS)
                found.append(memory(board.process.pid))
            finally:
                board.close()
        each = [(found[-1][kind] - found[0][kind]) * 1024 / (numbers[-1] - numbers[0]) for kind in (0, 1)]
        shown = [", ".join(str(sizes[kind]) for sizes in found) for kind in (0, 1)]
        rows.append(f"| {what} | {', '.join(map(str, numbers))} | {shown[0]} | {shown[1]} | {each[0]:.0f} | {each[1]:.0f} |")
    head = "| one more … | how many | RSS, KB | private dirty, KB | RSS of each, bytes | private dirty of each, bytes |\n|---|---|---|---|---|---|\n"
    return head + "\n".join(rows)
