"""The tables of the standard library's Unicode properties are 70 KB of the Embedded program, and one use brings a whole one in."""
import os
import platform
import re
import subprocess

import pytest

# What Sources/Text has instead is seen where a file imports it.
SHADOWED = re.compile(r"\.(?:lowercased\(\)|isWhitespace\b)")
# canonicalCombiningClass is of the table that comparing Strings needs anyway.
TABLES = re.compile(
    r"\.(?:uppercased\(\)|properties\.(?!canonicalCombiningClass\b)\w+"
    r"|is(?:Letter|Number|WholeNumber|Punctuation|Symbol|MathSymbol|CurrencySymbol|Cased|Uppercase|Lowercase)\b(?!\())")


def complaints(path, text):
    code = re.sub(r"//.*", "", text)
    found = [f"{path}: {match[0]} needs a table of the standard library" for match in TABLES.finditer(code)]
    if "\nimport Text\n" not in "\n" + code:
        found += [f"{path}: {match[0]} is the standard library's, because Text is not imported" for match in SHADOWED.finditer(code)]
    return found


def test_no_source_asks_for_a_table_of_unicode_properties(top):
    found = []
    for folder, _, files in os.walk(os.path.join(top, "Sources")):
        for name in files:
            if name.endswith(".swift") and os.path.basename(folder) != "Text":
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    found += complaints(name, file.read())
    assert found == []


def test_a_property_and_a_missing_import_are_found():
    assert len(complaints("a", "if scalar.properties.generalCategory == .control {}")) == 1
    assert len(complaints("a", "import Time\nlet a = name.lowercased()")) == 1
    assert complaints("a", "import Text\nlet a = name.lowercased(), b = c.properties.canonicalCombiningClass // .uppercased()") == []


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the Swift toolchain has its Embedded library for Linux on x86-64 only")
def test_normalization_is_that_of_the_standard_library(tool, top, tmp_path):
    program = tmp_path / "normalization"
    sources = [f"{top}/Tests/Rules/normalization.c", f"{top}/Sources/CUnicode/normalization.c", f"-I{top}/Sources/CUnicode/include"]
    subprocess.run(["clang", "-O", *sources, tool("unicode-tables").library(), "-o", program], check=True)
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
