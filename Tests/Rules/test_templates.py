"""Sentences are templates with places, which no compiler compares with the texts that are to stand there; this does."""
import glob
import os
import re

# A call of `filled`, `say`, or of what hands its arguments on to `filled`; not their declarations, nor methods named like them.
CALL = re.compile(r"(?<!func )(?<![\w.])(?:filled|say)\(|(?<=[ (]\.)(?:invalid|notFound|away|absent|failed)\(|(?<!\w)ConfigurationProblem\(")
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


def end_of_text(source, at):
    """Where the string literal that begins at `at` ends; it may have other literals inside `\\(…)`."""
    at, depth = at + 1, 0
    while depth or source[at] != '"':
        if source[at] == "\\":
            depth += source[at + 1] == "("
            at += 1
        elif depth and source[at] == '"':
            at = end_of_text(source, at) - 1
        elif depth:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
    return at + 1


def arguments(source, at):
    """The arguments of the call whose parenthesis is before `at`."""
    found, start, depth = [], at, 0
    while True:
        letter = source[at]
        if letter == '"':
            at = end_of_text(source, at)
            continue
        if depth == 0 and letter in ",)":
            found.append(source[start:at].strip())
            start = at + 1
            if letter == ")":
                return found
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(letter, 0)
        at += 1


def mistakes(source):
    """(line, template, reason) for each template whose places are not those of the texts beside it, and the number of templates."""
    source = re.sub(r"//.*$", lambda comment: " " * len(comment[0]) if '"' not in comment[0] else comment[0], source, flags=re.MULTILINE)
    found, checked = [], 0
    for call in CALL.finditer(source):
        template, *texts = arguments(source, call.end())
        literals = LITERAL.findall(template)
        # What is no literal is a text of its own, as in `.failed(name, why)`, or a template that is handed on.
        if not literals or not texts:
            continue
        checked += len(literals)
        line = source.count("\n", 0, call.start()) + 1
        if call[0] == "say(":
            places = {place for literal in literals for place in re.findall(r"\$(.?)", literal)}
            if places != {str(number + 1) for number in range(len(texts))}:
                found.append((line, template, f"has places {sorted(places)} for {len(texts)} texts"))
        for literal in literals:
            if "\\(" in literal:
                found.append((line, literal, "puts a text into the template itself, whose places would be filled too"))
            elif call[0] != "say(" and literal.count("%") != len(texts):
                found.append((line, literal, f"has {literal.count('%')} places for {len(texts)} texts"))
    return found, checked


def test_every_template_has_as_many_places_as_there_are_texts_for_it(top):
    found, checked = [], 0
    for path in sorted(glob.glob(f"{top}/Sources/**/*.swift", recursive=True)):
        with open(path, encoding="utf-8") as file:
            wrong, number = mistakes(file.read())
        found += [(os.path.relpath(path, top), *each) for each in wrong]
        checked += number
    assert not found
    assert checked > 400


def test_a_place_too_few_or_too_many_is_found_with_its_line():
    assert mistakes('let a = 1\nlet b = filled("% is %", name)') == ([(2, '"% is %"', "has 2 places for 1 texts")], 1)
    assert mistakes('say("$1 is on", name, other)')[0][0][2] == "has places ['1'] for 2 texts"
    assert mistakes('throw .invalid("no % (\\")\\")", f(a, b), c)')[0] == [(1, '"no % (\\")\\")"', "has 1 places for 2 texts")]


def test_a_text_that_somebody_wrote_does_not_become_part_of_a_template():
    assert mistakes('filled("\\(name) is %", level)')[0][0][2].startswith("puts a text into the template")


def test_a_template_that_is_right_is_not_complained_of():
    assert mistakes('filled("% is %", "a, b)", list[0])\nsay(on ? "$1 on" : "$1 off", name)\nwhy = .failed(name, why)') == ([], 3)
