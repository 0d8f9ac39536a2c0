"""What came of a storm, in Markdown."""


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def by_server(verdicts):
    """What was sent and what arrived. `verdicts`: server -> Verdict."""
    totals = {name: verdict.totals() for name, verdict in verdicts.items()}
    keys = next(iter(totals.values()))
    return _table(["", *totals], [[key, *(total[key] for total in totals.values())] for key in keys])


def by_fault(verdicts):
    """How often each fault was done, and the worst time from its end until something got through again; and over all
    servers what was said and measured from its beginning to the next one's."""
    rows = {name: verdict.rows() for name, verdict in verdicts.items()}
    lines = []
    for kind in sorted({kind for row in rows.values() for kind in row}):
        there = [row[kind] for row in rows.values() if kind in row]
        said, done, answered, taken, arrived = (sum(row[index] for row in there) for index in range(1, 6))
        cells = [f"{row[kind][0]} × {row[kind][6]:.1f} s" if kind in row else "" for row in rows.values()]
        lines.append([kind, *cells, f"{said} / {done} / {answered}", f"{taken} / {arrived}"])
    return _table(["fault: times, worst recovery", *rows, "commands said / executed / answered", "readings taken / arrived"], lines)
