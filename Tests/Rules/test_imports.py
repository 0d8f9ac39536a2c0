"""tools/check-imports on this checkout, and on small trees that break the rule."""


def write(tmp_path, room, text):
    folder = tmp_path / "Sources" / room
    folder.mkdir(parents=True)
    (folder / "File.swift").write_text(text)
    return tmp_path


def test_every_room_imports_only_what_the_rule_allows(tool, top):
    assert tool("check-imports").violations(top) == []


def test_the_rule_knows_every_room_of_the_package(tool, top):
    import os
    rooms = {name for name in os.listdir(os.path.join(top, "Sources")) if not name.startswith("C") or name == "Crypto"}
    assert rooms == set(tool("check-imports").ALLOWED)


def test_an_upward_import_is_found_with_its_line(tool, tmp_path):
    top = write(tmp_path, "Board", "// what the board is\nimport Time\nimport Agent\n")
    assert tool("check-imports").violations(top) == ["Sources/Board/File.swift:3: Board may not import Agent (only CGPIOD, CLinux, INI, Text, Time)"]


def test_foundation_is_found_in_every_disguise(tool, tmp_path):
    text = "@preconcurrency import Foundation\ninternal import Dispatch\nimport struct Glibc.stat\n  import func Foundation.exit\n"
    found = tool("check-imports").violations(write(tmp_path, "perch", text))
    assert [line.split(":")[1] for line in found] == ["1", "2", "3", "4"]


def test_a_c_library_belongs_to_one_room(tool, tmp_path):
    found = tool("check-imports").violations(write(tmp_path, "XMPP", "import COpenSSL\n"))
    assert len(found) == 1 and "XMPP may not import COpenSSL" in found[0]


def test_a_room_without_a_rule_is_an_error(tool, tmp_path):
    found = tool("check-imports").violations(write(tmp_path, "Attic", "import Time\n"))
    assert len(found) == 1 and "no rule for the room Attic" in found[0]


def test_the_word_import_in_a_comment_or_text_is_not_an_import(tool, tmp_path):
    text = "// import Foundation\nlet word = \"import Agent\"\n/// You import Agent\n"
    assert tool("check-imports").violations(write(tmp_path, "Board", text)) == []
