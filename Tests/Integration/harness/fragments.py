"""The configuration that docs/servers.md recommends, read from there."""
import os
import re

from .process import TOP

DOCUMENT = os.path.join(TOP, "docs", "servers.md")


def fragment(title):
    """The box in the document behind the comment `<!-- title -->`."""
    with open(DOCUMENT, encoding="utf-8") as file:
        match = re.search(rf"<!-- {re.escape(title)} -->\n```\w+\n(.*?)```", file.read(), re.S)
    if not match:
        raise AssertionError(f'docs/servers.md has no box "{title}"')
    return match[1]


def scaled(text, factor):
    """Every number outside comments multiplied, as the document tells people to do for other times."""
    def line(text):
        comment = re.search(r"--|#", text)
        end = comment.start() if comment else len(text)
        return re.sub(r"\b\d+\b", lambda number: str(max(1, round(int(number[0]) * factor))), text[:end]) + text[end:]
    return "\n".join(map(line, text.splitlines())) + "\n"


def ejabberd_modules(text):
    """Module -> options in one line of YAML, of a box with a section `modules` and nothing else."""
    found, name = {}, None
    for line in text.splitlines():
        line = line.split("#")[0].rstrip()
        if match := re.fullmatch(r"  mod_(\w+):(.*)", line):
            name, rest = match[1], match[2].strip()
            found[name] = rest if rest else []
        elif match := re.fullmatch(r"    (\w+: .+)", line):
            found[name].append(match[1])
        elif line not in ("", "modules:"):
            raise AssertionError(f"not understood: {line}")
    return {name: options if isinstance(options, str) else "{" + ", ".join(options) + "}" for name, options in found.items()}


def patience(name, seconds):
    """Options for make_server that make the server `name` keep the promise of an offline-after of so many seconds."""
    program = name.split()[0]
    text = scaled(fragment(f"{program}: offline-after = 2min"), seconds / 120)
    return {"more": text} if program == "prosody" else {"modules": ejabberd_modules(text)}


def quick_login(name):
    """Options for make_server that make the server `name` offer all it has for a quick login."""
    if name in ("prosody 0.12", "ejabberd 23.01"):
        return {}
    text = fragment(f"{name}: login")
    return {"modules": re.findall(r'(?m)^"(\w+)";', text) if name.startswith("prosody") else ejabberd_modules(text)}
