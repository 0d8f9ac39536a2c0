"""docs/hostile-peers.md names tests: each of them exists."""
import os
import re

NAMED = re.compile(r"`(?:(\w+/\w+Tests)|(test_\w+\.py)): ([^`]+)`")


def missing(top):
    """What the page names and is not there, and how much it names."""
    with open(os.path.join(top, "docs", "hostile-peers.md"), encoding="utf-8") as file:
        names = NAMED.findall(file.read())
    absent = []
    for suite, module, name in names:
        path = os.path.join(top, "Tests", suite + ".swift" if suite else os.path.join("Integration", module))
        text = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        if (f"func `{name}`(" if suite else f"def {name}(") not in text:
            absent.append(f"{suite or module}: {name}")
    return absent, len(names)


def test_every_test_that_the_page_names_exists(top):
    absent, count = missing(top)
    assert absent == []
    assert count > 80


def test_a_name_that_is_not_there_is_found(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "Tests" / "XMPP").mkdir(parents=True)
    (tmp_path / "Tests" / "XMPP" / "SomeTests.swift").write_text("@Test func `it holds`() {}")
    (tmp_path / "docs" / "hostile-peers.md").write_text("| x | `XMPP/SomeTests: it holds`, `XMPP/SomeTests: it held`, `test_none.py: test_x` |")
    assert missing(tmp_path) == (["XMPP/SomeTests: it held", "test_none.py: test_x"], 3)
