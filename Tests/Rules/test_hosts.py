"""tools/check-hosts on this checkout, and on small repositories with something to find."""
import subprocess

import pytest


@pytest.fixture
def repository(tmp_path):
    top = tmp_path / "checkout"
    top.mkdir()
    subprocess.run(["git", "init", "-q", top], check=True)
    return top


def test_no_file_names_a_host_of_this_machine_or_the_checkout(tool, top):
    assert tool("check-hosts").findings(top) == []


def test_a_configured_host_is_found_with_its_line_and_not_repeated(tool, repository):
    (repository / "notes").write_text("one\nfetched from http://mirror.example.net/debian\n")
    assert tool("check-hosts").findings(repository, {"mirror.example.net"}) == ["notes:2: holds a host of this machine's configuration"]


def test_a_longer_name_that_begins_like_a_host_is_another_name(tool, repository):
    (repository / "notes").write_text("mirror.example.network\n")
    assert tool("check-hosts").findings(repository, {"mirror.example.net"}) == []


def test_the_path_of_the_checkout_is_found_also_in_binary_files(tool, repository):
    (repository / "data").write_bytes(b"\0\xff" + str(repository).encode() + b"/Sources\0")
    assert tool("check-hosts").findings(repository, set()) == ["data:1: holds the path of this checkout"]


def test_an_ignored_file_is_not_looked_at(tool, repository):
    (repository / ".gitignore").write_text("built\n")
    (repository / "built").write_text(str(repository))
    assert tool("check-hosts").findings(repository, set()) == []
