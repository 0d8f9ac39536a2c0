"""perch init: on a terminal of its own, and without one, against servers that register in-band, by invitation only, or not at all."""
import os
import re
import stat
import subprocess
import termios

import pytest

from harness import qr
from harness.perch import TOP, program, run
from harness.process import Process, eventually
from harness.prosody import Prosody, free_port
from harness.terminal import Terminal

ENVIRONMENT = {"PERCH_DATA": os.path.join(TOP, "devices"), "LC_ALL": "C.UTF-8", "NOTIFY_SOCKET": "", "JOURNAL_STREAM": ""}
WELCOME = "perch init makes this board a contact"
CONFIRM = r"Write this to .*\[Y/n\]"


@pytest.fixture(scope="module")
def inviting(tmp_path_factory, authority):
    """A server where only who is invited may register."""
    with Prosody(
            tmp_path_factory.mktemp("inviting"), authority=authority, modules=["invites", "invites_register"],
            more="allow_registration = true\nregistration_invite_only = true\n") as server:
        yield server


@pytest.fixture(scope="module")
def opened(tmp_path_factory, authority):
    """A server where anybody may register."""
    with Prosody(tmp_path_factory.mktemp("open"), authority=authority, more="allow_registration = true\n") as server:
        yield server


@pytest.fixture
def invite(inviting):
    """A fresh link, good for one account."""
    made = subprocess.run(
        ["prosodyctl", "--root", "--config", os.path.join(inviting.folder, "prosody.cfg.lua"), "mod_invites", "generate", inviting.domain],
        capture_output=True, text=True, check=True)
    return re.search(r"xmpp:\S+", made.stdout)[0]


class Setup:
    """A folder that stands for /etc/perch."""

    def __init__(self, tmp_path, server):
        self.tmp, self.server = tmp_path, server
        self.folder = tmp_path / "etc" / "perch"
        self.folder.parent.mkdir(exist_ok=True)
        self.config = self.folder / "perch.conf"
        self.common = ["init", "--config", str(self.config), "--board", "simulated", "--server", server.server, "--tls-ca", server.ca]

    def run(self, *words, **options):
        return run(*self.common, *words, **options)

    def terminal(self, *words, **environment):
        return Terminal([program(), *self.common, *words], cwd=TOP, env={**ENVIRONMENT, **environment})

    @property
    def files(self):
        """Their names and what is in them; empty before anything was written."""
        return {path.name: path.read_text() for path in sorted(self.folder.iterdir())} if self.folder.exists() else {}

    def password_file(self, password, mode=0o600):
        path = self.tmp / "given-password"
        path.write_text(password + "\n")
        path.chmod(mode)
        return str(path)

    def serve(self):
        """The board with what was written, online."""
        state = self.tmp / "state"
        state.mkdir()
        board = Process([program(), "run", "--config", str(self.config), "--state", str(state)], cwd=TOP, name="perch", env=ENVIRONMENT)
        board.wait_for_line(r"online as ", 30)
        return board


@pytest.fixture
def setup(tmp_path):
    return lambda server: Setup(tmp_path, server)


def is_private(path):
    return stat.S_IMODE(os.stat(path).st_mode) == 0o640


# On a terminal


def test_a_whole_conversation_by_invitation_ends_in_a_board_that_answers(inviting, invite, setup, person):
    alice = person("alice", inviting)
    place = setup(inviting)
    with place.terminal() as terminal:
        terminal.expect(WELCOME)
        terminal.expect("or an invite link")
        terminal.type(invite + "\n")
        terminal.expect(r"The board's name at garden.example \[[^]]+\]: ")
        terminal.type("glasshouse\n")
        terminal.expect("Your own address, as admin: ")
        terminal.type(alice.jid + "\n")
        terminal.expect("Anybody else")
        terminal.type("*@family.example viewer\n")
        terminal.expect("Anybody else")
        terminal.type("\n")
        terminal.expect("Free: GPIO2 ")
        terminal.type("lamp GPIO17 rely\n")
        terminal.expect("did you mean relay")
        terminal.type("lamp GPIO17 relay\n")
        terminal.expect("Another line")
        terminal.type("\n")
        terminal.expect(r"(\d+)  \S+: system:load")
        terminal.type("load system:load\n")
        terminal.expect("Another sensor")
        terminal.type("\n")
        terminal.expect(rf"Who gets readings and alarms as messages \(addresses, or nobody\)\? \[{alice.jid}\] ")
        terminal.type("the whole family\n")
        terminal.expect("is a domain without a name")
        terminal.expect("Who gets readings")
        terminal.type("\n")
        terminal.expect(CONFIRM)
        assert not place.files
        terminal.type("\n")
        terminal.expect("Registering glasshouse@garden.example")
        terminal.expect("Wrote ")
        terminal.expect("Scan it with a phone, or add glasshouse@garden.example")
        assert terminal.wait() == 0
    assert sorted(place.files) == ["password", "perch.conf"]
    assert is_private(place.config) and is_private(place.folder / "password")
    assert len(place.files["password"].strip()) >= 20
    assert place.files["password"].strip() not in terminal.shown
    assert qr.decode(terminal.shown) == "xmpp:glasshouse@garden.example"
    assert f"\n[reports]\nto = {alice.jid}\n" in place.files["perch.conf"]
    board = place.serve()
    try:
        inviting.wait_for_presence(type("Account", (), {"jid": "glasshouse@garden.example"}))
        assert alice.say("glasshouse@garden.example", "lamp on") == "lamp is on"
        assert alice.say("glasshouse@garden.example", "load").startswith("load ")
    finally:
        board.stop()


def test_an_existing_account_is_tried_before_anything_is_written_and_its_password_not_shown(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    with place.terminal("--admin", "alice@garden.example", "--no-qr") as terminal:
        terminal.expect("or an invite link")
        terminal.type(account.jid + "\n")
        terminal.expect("exist already")
        terminal.type("y\n")
        terminal.expect("Its password")
        terminal.type("not this\n")
        for _ in range(3):  # person, lines, sensors
            terminal.expect("Enter: (none|nobody)")
            terminal.type("\n")
        terminal.expect(CONFIRM)
        terminal.type("\n")
        terminal.expect("to try " + account.jid + " again")
        assert not place.files
        terminal.type("\n")
        terminal.expect("Its password")
        terminal.type(account.password + "\n")
        terminal.expect(CONFIRM)
        terminal.type("y\n")
        terminal.expect("Scan it with a phone")
        assert terminal.wait() == 0
    assert "not this" not in terminal.shown and account.password not in terminal.shown
    assert "█" not in terminal.shown
    assert place.files["password"] == account.password + "\n"


def test_without_utf8_the_address_is_shown_without_a_code(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    words = ("--jid", account.jid, "--password-file", place.password_file(account.password), "--admin", "alice@garden.example", "--yes")
    with place.terminal(*words, LC_ALL="C") as terminal:
        terminal.expect(f"xmpp:{account.jid}\n.no QR code: ")
        assert terminal.wait() == 0
    assert "█" not in terminal.shown


CONVERSATION = [
    ("or an invite link", "board@garden.example\n"), ("exist already", "y\n"), ("Its password", "secret\n"), ("as admin: ", "alice@garden.example\n"),
    ("Anybody else", "\n"), ("A line\\?", "lamp GPIO17 relay\n"), ("Another line", "\n"), ("Which\\?", "\n"), ("Who gets readings", "nobody\n"), (CONFIRM, None)]


@pytest.mark.parametrize("number", range(len(CONVERSATION)), ids=[re.sub(r"\W+", "-", question).strip("-") for question, _ in CONVERSATION])
def test_ctrl_c_at_a_question_leaves_nothing_behind(number, prosody, setup):
    place = setup(prosody)
    with place.terminal() as terminal:
        for question, answer in CONVERSATION[:number]:
            terminal.expect(question)
            terminal.type(answer)
        terminal.expect(CONVERSATION[number][0])
        terminal.type("\x03")
        terminal.expect("interrupted; nothing was written")
        assert terminal.wait() == -2
        assert termios.tcgetattr(terminal._descriptor)[3] & termios.ECHO
    assert not place.folder.exists()


def test_the_end_of_the_input_leaves_nothing_behind(prosody, setup):
    place = setup(prosody)
    with place.terminal() as terminal:
        terminal.expect("or an invite link")
        terminal.type("\x04")
        terminal.expect("the input ended; nothing was written")
        assert terminal.wait() == 1
    assert not place.folder.exists()


def test_an_existing_configuration_is_replaced_after_a_yes_and_kept_as_a_copy(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    place.folder.mkdir()
    place.config.write_text("; mine\n")
    (place.folder / "password").write_text("the old board's\n")
    words = ("--jid", account.jid, "--password-file", place.password_file(account.password), "--admin", "alice@garden.example", "--no-qr")
    with place.terminal(*words) as terminal:
        terminal.expect(r"exists. Replace it\? A copy is kept beside it. \[y/N\]")
        terminal.type("\n")
        terminal.expect("nothing was changed")
        assert terminal.wait() == 1
    assert place.files == {"perch.conf": "; mine\n", "password": "the old board's\n"}
    with place.terminal(*words) as terminal:
        terminal.expect("Replace it")
        terminal.type("y\n")
        for _ in range(3):
            terminal.expect("Enter: (none|nobody)")
            terminal.type("\n")
        terminal.expect(CONFIRM)
        terminal.type("\n")
        terminal.expect("what it was is ")
        assert terminal.wait() == 0
    copy = [name for name in place.files if name.startswith("perch.conf.20")]
    assert len(copy) == 1 and place.files[copy[0]] == "; mine\n" and is_private(place.folder / copy[0])
    # The copy still has the password that it names.
    assert place.files["password"] == "the old board's\n"
    assert place.files[f"password-{account.jid}"] == account.password + "\n"
    assert f"password-file = {place.folder}/password-{account.jid}\n" in place.files["perch.conf"]


# By options


def test_without_a_terminal_an_invitation_and_a_name_are_enough(inviting, invite, setup):
    place = setup(inviting)
    done = place.run(
        "--jid", "{hostname}-7@garden.example", "--invite", invite, "--admin", "alice@garden.example", "--operator", "bob@garden.example", "--line",
        "lamp GPIO17 relay", "--line", "door pin 13 contact", "--sensor", "load system:load", "--yes")
    assert done.returncode == 0, done.stderr
    name = os.uname().nodename.split(".")[0].lower()
    assert f"jid = {name}-7@garden.example\n" in place.files["perch.conf"]
    assert f"xmpp:{name}-7@garden.example\n" in done.stdout and "\x1b" not in done.stdout
    checked = run("check", "--connect", "--config", str(place.config))
    assert checked.returncode == 0, checked.stderr
    assert "2 lines (1 output, 1 input), 1 sensor, 2 people" in checked.stdout


def test_without_a_terminal_what_is_missing_is_named_in_one_go(prosody, setup):
    place = setup(prosody)
    done = place.run()
    assert (done.returncode, done.stdout) == (2, "")
    for option in ("--jid", "--password-file", "--admin", "--yes"):
        assert option in done.stderr
    assert not place.folder.exists()


def test_everything_wrong_with_the_options_is_told_in_one_go(prosody, setup):
    place = setup(prosody)
    done = place.run("--jid", "garden.example", "--admin", "alice", "--line", "lamp GPIO99 relay", "--line", "lamp", "--sensor", "x y:z", "--invite", "http://x", "--yes")
    assert done.returncode == 2
    for word in ("--jid: ", "--admin: ", "--line: lamp: ", '--line: "lamp"', "--sensor: ", "--invite: "):
        assert word in done.stderr, done.stderr
    assert not place.folder.exists()


@pytest.mark.parametrize("words, readers", [
    ((), "alice@garden.example"), (("--reports", "bob@garden.example", "--reports", "carol@garden.example"), "bob@garden.example carol@garden.example"),
    (("--reports", "nobody"), None)])
def test_readings_and_alarms_go_to_the_first_admin_unless_an_option_says_otherwise(words, readers, prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    done = place.run(
        "--jid", account.jid, "--password-file", place.password_file(account.password), "--viewer", "dave@garden.example", "--admin", "*@staff.example",
        "--admin", "alice@garden.example", "--line", "leak GPIO17 leak", *words, "--no-login", "--yes")
    assert done.returncode == 0, done.stderr
    sections = re.findall(r"(?m)^\[reports\]\nto = (.*)$", place.files["perch.conf"])
    assert sections == ([readers] if readers else [])
    checked = run("check", "--config", str(place.config))
    assert checked.returncode == 0, checked.stderr
    assert f"reports to {'nobody' if not readers else '1 address' if ' ' not in readers else '2 addresses'}" in checked.stdout


def test_whoever_cannot_get_reports_is_refused(prosody, setup):
    place = setup(prosody)
    done = place.run("--jid", "board@garden.example", "--admin", "alice@garden.example", "--reports", "*@garden.example x", "--yes")
    assert (done.returncode, place.files) == (2, {})
    assert "--reports: " in done.stderr


def test_the_token_of_an_invitation_is_enough_where_the_address_names_the_server(inviting, invite, setup):
    token = invite.partition("preauth=")[2].partition(";")[0]
    place = setup(inviting)
    words = ("--invite", token, "--admin", "alice@garden.example", "--yes")
    done = place.run(*words)
    assert done.returncode == 2 and "--jid NAME@example.org: a name at the token's server" in done.stderr
    done = place.run(*words, "--jid", "by-token@garden.example")
    assert done.returncode == 0, done.stderr
    assert "Registering by-token@garden.example" in done.stdout


@pytest.mark.parametrize("link", ["https://garden.example/invite?T0k3n", "https://garden.example:5281/invite/#T0k3n", "garden.example/invite?T0k3n"])
def test_the_web_page_of_an_invitation_is_refused_with_what_to_copy_instead(link, prosody, setup):
    place = setup(prosody)
    done = place.run("--invite", link, "--jid", "board@garden.example", "--admin", "alice@garden.example", "--yes")
    assert (done.returncode, place.files) == (2, {})
    assert re.search(r"--invite: .*\bxmpp:", done.stderr), done.stderr


def test_an_existing_configuration_needs_the_option_that_replaces_it(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    place.folder.mkdir()
    place.config.write_text("; mine\n")
    words = ("--jid", account.jid, "--password-file", place.password_file(account.password), "--admin", "alice@garden.example", "--yes")
    done = place.run(*words)
    assert done.returncode == 2 and "--replace" in done.stderr
    assert place.files == {"perch.conf": "; mine\n"}
    done = place.run(*words, "--replace")
    assert done.returncode == 0, done.stderr
    assert sorted(name[:13] for name in place.files) == ["password", "perch.conf", "perch.conf.20"]


def test_a_template_is_shared_and_each_board_has_its_own_account(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    template = place.tmp / "fleet.conf"
    place.common[place.common.index("--board"):] = ["--template", str(template)]
    words = ("--jid", account.jid, "--password-file", place.password_file(account.password), "--yes")
    text = ("[account]\noffline-after = 5min\nserver = {0.server}\ntls-ca = {0.ca}\n[people]\nalice@garden.example = admin\n[board]\nprofile = simulated\n"
            "[line lamp]\npin = GPIO17\npart = relay\n").format(prosody)
    template.write_text(text.replace("relay", "rely"))
    done = place.run(*words)
    assert (done.returncode, place.files) == (78, {})
    assert f"{template}:11: part: there is no part \"rely\"; did you mean relay?" in done.stderr
    # Before the place where the account is added, behind it, of the board, and more than one.
    template.write_text("nonsense\n" + text.replace("5min", "soon").replace("GPIO17", "GPIO99").replace("= admin", "= boss"))
    done = place.run(*words)
    assert (done.returncode, place.files) == (78, {})
    assert [re.match(rf"{template}:(\d+): \S", line)[1] for line in done.stderr.splitlines()] == ["1", "3", "7", "11"], done.stderr
    template.write_text(text.replace("GPIO17", "GPIO99"))
    assert place.run(*words).stderr.startswith(f"{template}:10: lamp: ")
    template.write_text(text)
    done = place.run(*words)
    assert done.returncode == 0, done.stderr
    assert place.files["perch.conf"] == text.replace("[account]\n", f"[account]\njid = {account.jid}\npassword-file = {place.folder}/password\n")


@pytest.mark.parametrize("name", ["docs/fleet.md", "examples/cloud-init.yaml", "examples/perch-first-boot.service"])
def test_the_options_of_the_examples_are_the_programs(name):
    with open(os.path.join(TOP, name)) as file:
        commands = re.findall(r"perch[, ]+init([, ]+--.*?--yes)", file.read(), re.S)
    assert commands
    known = re.findall(r"--[a-z-]+", run("init", "--help").stdout)
    assert {option for command in commands for option in re.findall(r"--[a-z-]+", command)} <= set(known)


def test_the_template_of_the_cloud_init_example_makes_a_board(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    with open(os.path.join(TOP, "examples/cloud-init.yaml")) as file:
        template = re.search(r"content: \|\n((?:      .*\n|\n)+)", file.read())[1]
    (place.tmp / "fleet.conf").write_text(re.sub("(?m)^      ", "", template))
    done = place.run(
        "--template", str(place.tmp / "fleet.conf"), "--jid", account.jid, "--password-file", place.password_file(account.password), "--yes")
    assert done.returncode == 0, done.stderr
    assert run("check", "--config", str(place.config)).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a name space with an /etc of its own")
def test_as_root_the_service_can_read_what_was_written_and_is_started(prosody, setup, tmp_path):
    account = prosody.account("board")
    place = setup(prosody)
    words = [program(), *place.common, "--jid", account.jid, "--password-file", place.password_file(account.password), "--admin", "alice@garden.example", "--yes"]
    del words[words.index("--config"):words.index("--config") + 2]
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$2" != "$FAILS" ]\n')
    (tools / "systemctl").chmod(0o755)
    script = """set -e
        mount -t tmpfs none /run
        mkdir -p /run/upper /run/work /run/systemd/system
        mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work none /etc
        rm -rf /etc/perch
        echo perch:x:64999: >> /etc/group
        touch /etc/systemd/system/perch.service
        status=0
        "$@" || status=$?
        stat -c "%a %u:%g %n" /etc/perch /etc/perch/*
        exit $status"""
    for fails, status in (("", 0), ("restart", 1)):
        (tmp_path / "asked").unlink(missing_ok=True)
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", *words], capture_output=True, text=True, cwd=TOP,
            env={**os.environ, **ENVIRONMENT, "PATH": f"{tools}:{os.environ['PATH']}", "FAILS": fails})
        assert done.returncode == status, done.stderr
        assert "750 0:64999 /etc/perch\n640 0:64999 /etc/perch/password\n640 0:64999 /etc/perch/perch.conf\n" in done.stdout
        assert (tmp_path / "asked").read_text() == "--quiet enable perch.service\n--quiet restart perch.service\n"
        assert ("perch.service is running" in done.stdout) == (status == 0)
    assert "journalctl -u perch" in done.stderr


# A name space with an /etc of its own and an earlier credential in /etc/$0; "$@" is the command in it. Prints the password that was written.
CREDENTIAL = """set -e
    mount -t tmpfs none /run
    mkdir -p /run/upper /run/work
    mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work none /etc
    rm -rf /etc/perch /etc/credstore /etc/credstore.encrypted
    mkdir "/etc/$0"
    (umask 077; echo "earlier and secret" > "/etc/$0/perch.password")
    status=0
    "$@" || status=$?
    cat /etc/perch/password || echo nothing is written
    exit $status"""


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a name space with an /etc of its own")
@pytest.mark.parametrize("store", ["credstore", "credstore.encrypted"])
def test_a_credential_that_would_win_is_told_before_anything_is_registered_or_written(store, opened, setup):
    place = setup(opened)
    account = opened.account(f"known-{store}")
    fresh = f"fresh-{store}@garden.example"
    command = ["unshare", "--mount", "sh", "-c", CREDENTIAL, store, program(), "init", *place.common[3:]]
    with Terminal(command, cwd=TOP, env=ENVIRONMENT) as terminal:
        terminal.expect(f"/etc/{store}/perch.password: the service logs in with the password in there")
        terminal.expect(f"rm /etc/{store}/perch.password")
        terminal.expect("nothing is written")
        assert terminal.wait() == 78
    assert WELCOME not in terminal.shown

    def by_options(*words):
        return subprocess.run(
            [*command, *words, "--admin", "alice@garden.example", "--yes", "--no-start"], capture_output=True, text=True, cwd=TOP,
            env={**os.environ, **ENVIRONMENT})

    for words in (["--jid", fresh, "--register"], ["--jid", account.jid, "--password-file", place.password_file(account.password)]):
        done = by_options(*words)
        assert (done.returncode, done.stdout) == (78, "nothing is written\n"), done.stdout + done.stderr
        assert f"rm /etc/{store}/perch.password" in done.stderr and "secret" not in done.stderr
    if store == "credstore":
        # What is told as the remedy; and the name is still free.
        done = by_options("--jid", fresh, "--register", "--password-file", "/etc/credstore/perch.password")
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("\nearlier and secret\n")


# What a server or a machine refuses


def refused(place, *words, status=69):
    done = place.run("--admin", "alice@garden.example", "--yes", *words)
    assert done.returncode == status, done.stdout + done.stderr
    assert place.files == {}, place.files
    return done.stderr


def test_an_invitation_that_is_wrong_registers_nothing(inviting, setup):
    text = refused(setup(inviting), "--jid", "shed@garden.example", "--invite", "xmpp:garden.example?register;preauth=wrong")
    assert "invit" in text


def test_an_invitation_is_good_for_one_board(inviting, invite, setup, tmp_path):
    first = setup(inviting)
    assert first.run("--jid", "one@garden.example", "--invite", invite, "--admin", "alice@garden.example", "--yes").returncode == 0
    (tmp_path / "second").mkdir()
    text = refused(Setup(tmp_path / "second", inviting), "--jid", "two@garden.example", "--invite", invite)
    assert "invit" in text


def test_a_name_that_is_taken_is_refused_with_a_remedy(opened, setup):
    account = opened.account("taken")
    assert f"{account.jid} is taken" in refused(setup(opened), "--jid", account.jid, "--register")


def test_a_server_without_registration_is_told(prosody, setup):
    assert "does not let programs register accounts" in refused(setup(prosody), "--jid", "shed@garden.example", "--register")


def test_a_wrong_password_writes_nothing(prosody, setup):
    account = prosody.account("board")
    place = setup(prosody)
    assert "refused the login" in refused(place, "--jid", account.jid, "--password-file", place.password_file("not this"))


def test_without_a_network_nothing_is_written(prosody, setup):
    place = setup(prosody)
    place.common[place.common.index("--server") + 1] = f"127.0.0.1:{free_port()}"
    for words in (["--register"], ["--password-file", place.password_file("x")]):
        assert "cannot reach 127.0.0.1" in refused(place, "--jid", "shed@garden.example", *words)


def test_a_certificate_that_is_not_trusted_writes_nothing(opened, setup, tmp_path):
    from harness.authority import Authority
    place = setup(opened)
    place.common[place.common.index("--tls-ca") + 1] = Authority(tmp_path / "other").ca
    assert "certificate" in refused(place, "--jid", "shed@garden.example", "--register")


def test_a_password_file_that_others_read_is_refused(prosody, setup):
    place = setup(prosody)
    assert "chmod o=" in refused(place, "--jid", "shed@garden.example", "--password-file", place.password_file("x", 0o644), status=78)


def test_whoever_may_not_write_is_told_before_anything_is_asked(prosody, tmp_path):
    locked = tmp_path / "etc"
    locked.mkdir(mode=0o555)
    command = [program(), "init", "--config", str(locked / "perch.conf")]
    if os.geteuid() == 0:
        os.chmod(tmp_path, 0o755)
        command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *command]
        locked = "/etc/perch-of-nobody"
        command[-1] = "/etc/perch.conf"
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/")
    assert done.returncode == 77, done.stderr
    assert "sudo perch init" in done.stderr


# Interrupted in the middle


def test_a_run_that_is_killed_while_it_registers_is_continued_by_the_next(opened, setup):
    place = setup(opened)
    words = ("--jid", "cut@garden.example", "--register", "--admin", "alice@garden.example", "--yes")
    opened.process.popen.send_signal(19)  # SIGSTOP: it takes what is sent, and answers nothing
    try:
        with place.terminal(*words) as terminal:
            terminal.expect("Registering")
            waiting = place.folder / ".registering-cut@garden.example"
            eventually(waiting.exists, what="the password being kept")
            terminal.type("\x03")
            terminal.expect("may be registered by now: the password is kept in " + str(waiting))
            terminal.wait()
    finally:
        opened.process.popen.send_signal(18)
    password = waiting.read_text()
    assert list(place.files) == [waiting.name] and stat.S_IMODE(os.stat(waiting).st_mode) == 0o600
    # As if the server had done it before the cut.
    opened.set_password("cut", password.strip())
    done = place.run(*words)
    assert done.returncode == 0, done.stderr
    assert sorted(place.files) == ["password", "perch.conf"] and place.files["password"] == password


def test_an_account_that_cannot_be_written_down_is_not_lost(opened, setup):
    place = setup(opened)
    place.folder.mkdir()
    (place.folder / "perch.conf.new").mkdir()  # in the way of the temporary file
    words = ("--jid", "kept@garden.example", "--register", "--admin", "alice@garden.example", "--yes")
    done = place.run(*words)
    waiting = place.folder / ".registering-kept@garden.example"
    assert done.returncode == 1
    assert f"kept@garden.example is registered, and its password is kept in {waiting}" in done.stderr
    assert sorted(path.name for path in place.folder.iterdir()) == [waiting.name, "perch.conf.new"]
    (place.folder / "perch.conf.new").rmdir()
    done = place.run(*words)
    assert done.returncode == 0, done.stderr
    assert sorted(place.files) == ["password", "perch.conf"]
