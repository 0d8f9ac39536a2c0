"""Where perch connects: SRV records, priorities, dead servers, servers that send it elsewhere."""
import re
import socket
import time

import pytest

from harness.dns import NameServer
from harness.namespace import Namespace
from harness.prosody import Account
from harness.rogue import Rogue

SEE_OTHER_HOST = "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{}</see-other-host></stream:error></stream:stream>"


def starttls(account):
    """A server that lets the account in, over STARTTLS, and stays."""
    def script(connection):
        connection.secure()
        connection.scram(account.password)
        connection.bind(account.jid)
        connection.expect_close(120)
    return script


def direct(account):
    def script(connection):
        connection.login(account)
        connection.expect_close(120)
    return script


class Internet:
    """A network namespace with a name server and servers by script."""

    def __init__(self, folder, authority, perch):
        self.folder, self.authority, self._perch = folder, authority, perch
        self.namespace = Namespace(folder)
        self.dns = NameServer(self.namespace)
        self._rogues = []

    def account(self, domain="garden.example"):
        return Account(f"board@{domain}", "pw of board")

    def server(self, script, domain="garden.example", address="127.0.0.1", port=0):
        rogue = Rogue(script, self.authority.issue(domain), self.authority.ca, self.namespace.listen(address, port))
        self._rogues.append(rogue)
        return rogue

    def perch(self, account):
        return self._perch(None, start=False, board=account, ca=self.authority.ca, inside=self.namespace).start()

    def close(self):
        for rogue in self._rogues:
            rogue.close()
        self.dns.close()
        self.namespace.close()


@pytest.fixture
def internet(tmp_path, authority, perch):
    network = Internet(tmp_path, authority, perch)
    yield network
    network.close()


def test_the_lowest_priority_is_first_and_then_the_greatest_weight(internet):
    account = internet.account()
    last, light, heavy = (internet.server(starttls(account)) for _ in range(3))
    internet.dns.service("garden.example", 20, 65535, last.port, "last.example")
    internet.dns.service("garden.example", 10, 0, light.port, "light.example")
    internet.dns.service("garden.example", 10, 65535, heavy.port, "heavy.example")
    for name in ("last", "light", "heavy"):
        internet.dns.address(f"{name}.example")
    internet.perch(account).online()
    assert (len(heavy.connections), len(light.connections), len(last.connections)) == (1, 0, 0)


def test_direct_tls_comes_before_starttls_of_the_same_priority_and_after_one_of_a_better(internet):
    account, other = internet.account(), internet.account("other.example")
    slow, quick = internet.server(starttls(account)), internet.server(direct(account))
    better, worse = internet.server(starttls(other), "other.example"), internet.server(direct(other), "other.example")
    internet.dns.service("garden.example", 5, 65535, slow.port, "a.example")
    internet.dns.service("garden.example", 5, 0, quick.port, "a.example", direct=True)
    internet.dns.service("other.example", 5, 0, better.port, "a.example")
    internet.dns.service("other.example", 6, 0, worse.port, "a.example", direct=True)
    internet.dns.address("a.example")
    boards = [internet.perch(account), internet.perch(other)]
    for board in boards:
        board.online()
    assert [len(server.connections) for server in (slow, quick, better, worse)] == [0, 1, 1, 0]


def test_names_that_are_aliases_are_followed(internet):
    account = internet.account()
    server = internet.server(direct(account))
    internet.dns.alias("_xmpps-client._tcp.garden.example", "_xmpps-client._tcp.hoster.example")
    internet.dns.service("hoster.example", 0, 0, server.port, "chat.hoster.example", direct=True)
    internet.dns.alias("chat.hoster.example", "node7.hoster.example")
    internet.dns.address("node7.hoster.example")
    internet.perch(account).online()


def test_without_records_the_domain_itself_is_connected_to(internet):
    account = internet.account()
    server = internet.server(starttls(account), port=5222)
    internet.dns.address("garden.example")
    internet.perch(account).online()
    assert len(server.connections) == 1


def test_a_domain_that_has_no_xmpp_service_says_so(internet):
    account = internet.account()
    server = internet.server(starttls(account), port=5222)
    internet.dns.address("garden.example")
    for kind in (False, True):
        internet.dns.service("garden.example", 0, 0, 0, ".", direct=kind)
    board = internet.perch(account)
    board.process.wait_for_line("cannot reach the server of garden.example: the domain says in DNS that it has no XMPP service; trying again in")
    assert not server.connections


def test_a_domain_without_direct_tls_is_connected_to_with_starttls(internet):
    account = internet.account()
    server = internet.server(starttls(account))
    internet.dns.service("garden.example", 0, 0, 0, ".", direct=True)
    internet.dns.service("garden.example", 0, 0, server.port, "a.example")
    internet.dns.address("a.example")
    internet.perch(account).online()


def silent(connection):
    connection.expect_close(60)


def header_only(connection):
    connection.open_stream()
    connection.expect_close(60)


def tls_only(connection):
    connection.start_tls()
    connection.expect_close(60)


def proceed_only(connection):
    connection.open_stream("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")
    connection.expect("<starttls[^>]*>")
    connection.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    connection.expect_close(60)


def full(namespace):
    """A listener that answers nobody: its queue is full, so the kernel drops what comes."""
    listener = namespace.socket(lambda: socket.create_server(("127.0.0.1", 0), backlog=0))
    port = listener.getsockname()[1]

    def knock():
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
        return client
    return port, [listener] + [namespace.socket(knock) for _ in range(3)]


def test_a_dead_server_costs_ten_seconds_at_most_when_there_is_another(internet):
    """All kinds of death at once, each with a domain and a board of its own."""
    deaths = {
        "refuses": (None, False), "drops": (None, False), "silent": (silent, False), "header": (header_only, False),
        "proceed": (proceed_only, False), "handshake": (silent, True), "tls": (tls_only, True),
    }
    boards, held = {}, []
    internet.dns.address("a.example")
    for death, (script, is_direct) in deaths.items():
        domain = f"{death}.example"
        account = internet.account(domain)
        good = internet.server(starttls(account), domain)
        if script:
            port = internet.server(script, domain).port
        elif death == "drops":
            port, sockets = full(internet.namespace)
            held += sockets
        else:
            port = 1
        internet.dns.service(domain, 1, 0, port, "a.example", direct=is_direct)
        internet.dns.service(domain, 2, 0, good.port, "a.example")
        boards[death] = (internet.perch(account), good, time.monotonic())
    took = {}
    for death, (board, good, start) in boards.items():
        good.wait_for_connections(1)
        took[death] = good.connections[0] - start
        board.online()
        assert board.process.count("again in") == 0
    for end in held:
        end.close()
    assert took.pop("refuses") < 5, took
    assert all(8 < seconds < 14 for seconds in took.values()), took  # 10 s, and the start of seven programs


# MARK: See other host

def elsewhere(place, before=lambda connection: connection.start_tls()):
    def script(connection):
        before(connection)
        connection.open_stream(SEE_OTHER_HOST.format(place))
        connection.expect_close()
    return script


@pytest.fixture
def against(authority, perch):
    """against(script, …) are servers, the first of which the board knows; (board, servers)."""
    servers = []

    def start(account, *scripts, certificate="garden.example", direct_tls=True):
        made = []
        for script in reversed(scripts):  # each knows the port of the next
            script = script(made[0].port) if made else script
            made.insert(0, Rogue(script, authority.issue(certificate if made == [] and len(scripts) > 1 else "garden.example"), authority.ca))
        servers.extend(made)
        return perch(made[0], start=False, board=account, direct_tls=direct_tls).start(), made
    yield start
    for server in servers:
        server.close()


@pytest.fixture
def board():
    return Account("board@garden.example", "pw of board")


def test_another_host_is_gone_to(against, board):
    daemon, servers = against(
        board, lambda port: elsewhere(f"127.0.0.1:{port}"), lambda port: elsewhere(f"localhost:{port}"), lambda port: elsewhere(f"127.0.0.1:{port}"),
        direct(board))
    daemon.online()
    assert [len(server.connections) for server in servers] == [1, 1, 1, 1]
    assert daemon.process.count("again in") == 0


def test_a_server_told_in_the_clear_must_have_tls_as_well(against, board):
    """What a STARTTLS server says before TLS, anybody may have said: the other one needs TLS and the right certificate."""
    daemon, servers = against(board, lambda port: elsewhere(f"127.0.0.1:{port}", lambda connection: None), starttls(board), direct_tls=False)
    daemon.online()
    assert len(servers[1].connections) == 1


def test_another_host_with_another_name_is_not_trusted(against, board):
    daemon, servers = against(board, lambda port: elsewhere(f"127.0.0.1:{port}"), direct(board), certificate="other.example")
    daemon.process.wait_for_line("certificate is for another name: it is for other.example, not for garden.example.*again in")
    assert b"<auth" not in servers[1].bytes


def test_another_host_may_have_the_other_kind_of_tls(against, board):
    daemon, servers = against(board, lambda port: elsewhere(f"127.0.0.1:{port}"), starttls(board))
    daemon.online(40)


@pytest.mark.parametrize("place", ["", "not a host", "host:99999", "[::1", "a:b:c", "http://evil.example/", "x" * 5000])
def test_what_is_no_host_is_refused_in_words(place, against, board):
    daemon, servers = against(board, elsewhere(place))
    daemon.process.wait_for_line(r"sends us to another host \(.*\), which is not followed: that is no HOST:PORT; trying again in")
    assert len(servers[0].connections) == 1


def test_servers_that_send_us_round_in_circles_are_left(board, authority, perch):
    ports = []

    def other(own):
        def script(connection):
            connection.start_tls()
            connection.open_stream(SEE_OTHER_HOST.format(f"127.0.0.1:{ports[1 - own]}"))
            connection.expect_close()
        return script
    certificate = authority.issue("garden.example")
    with Rogue(other(0), certificate, authority.ca) as first, Rogue(other(1), certificate, authority.ca) as second:
        ports += [first.port, second.port]
        daemon = perch(first, start=False, board=board, direct_tls=True).start()
        daemon.process.wait_for_line("which is not followed: it sends us round in circles; trying again in")
        assert len(first.connections) + len(second.connections) <= 3


def test_a_fourth_host_in_a_row_is_not_gone_to(against, board):
    onward = lambda port: elsewhere(f"127.0.0.1:{port}")  # noqa: E731
    daemon, servers = against(board, onward, onward, onward, onward, direct(board))
    daemon.process.wait_for_line("which is not followed: it is the fourth one in a row; trying again in")
    assert [len(server.connections) for server in servers] == [1, 1, 1, 1, 0]


def test_a_server_that_moves_its_users_while_they_are_online(against, board):
    def moving(port):
        def script(connection):
            connection.login(board)
            connection.expect("jabber:iq:roster")
            connection.send(SEE_OTHER_HOST.format(f"127.0.0.1:{port}"))
            connection.expect_close()
        return script
    daemon, servers = against(board, moving, direct(board))
    daemon.online()
    servers[1].wait_for_connections(1, deadline=15)
    daemon.process.wait_for_line("another host")
    position = next(number for number, line in enumerate(daemon.process.lines) if "another host" in line)
    daemon.process.wait_for_line("online as ", after=position)


# MARK: Two boards with one account

def test_two_boards_with_one_account_do_not_kick_each_other(own_prosody, perch):
    """The resource is the machine's name, so two on one machine are as two boards from one card's image."""
    account = own_prosody.account("board")
    remedy = r"another program logged in with this account and the same resource; give each board an account of its own, .*; trying again in ([\d.]+) ?min"
    first = perch(own_prosody, board=account)
    second = perch(own_prosody, board=account)
    minutes = float(first.process.wait_for_line(remedy)[1])
    assert 2 <= minutes <= 5  # five, with jitter, rounded
    # Each found out first that this server keeps lost sessions for too long, and logged in again without.
    logins = own_prosody.process.count(r"Authenticated as " + re.escape(account.jid))
    assert logins <= 4
    # A negative needs a window: two that fight log in several times a second.
    time.sleep(8)
    assert own_prosody.process.count(r"Authenticated as " + re.escape(account.jid)) == logins
    assert second.process.count("again in") == 0
    assert first.process.running and second.process.running
