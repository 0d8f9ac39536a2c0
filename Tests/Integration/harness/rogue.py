"""A server that misbehaves by script.

A script is a function of one Connection; it runs for each connection in a thread of its own, and what it raises ends
the connection only.
"""
import base64
import hashlib
import hmac
import os
import re
import ssl

from .listener import Listener
from .process import Timeout

HEADER = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "id='rogue' from='garden.example' version='1.0'>")
STARTTLS = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


def mechanisms(*names):
    return f"<stream:features><mechanisms xmlns='{SASL}'>" + "".join(f"<mechanism>{name}</mechanism>" for name in names) + "</mechanisms></stream:features>"


class Connection:
    def __init__(self, rogue, plain):
        self.rogue, self.socket = rogue, plain
        self.received = b""

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def expect(self, pattern, deadline=15):
        """Read until `pattern` is there; its match. What was read before and with it is forgotten."""
        self.socket.settimeout(deadline)
        while True:
            match = re.search(pattern.encode(), self.received, re.S)
            if match:
                self.received = self.received[match.end():]
                return match
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError(f"closed while waiting for {pattern}")
            self.received += piece
            self.rogue.note(piece)

    def expect_close(self, deadline=30):
        """Read until the other side closes; everything it still sent."""
        self.socket.settimeout(deadline)
        left = self.received
        while True:
            try:
                piece = self.socket.recv(65536)
            except ConnectionError:
                return left
            if not piece:
                return left
            left += piece
            self.rogue.note(piece)

    def start_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.rogue.certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def open_stream(self, features=""):
        self.expect("<stream:stream[^>]*>")
        self.send(HEADER + features)

    def scram(self, password, iterations=4096, signature=None, nonce=None, salt=b"salt of the earth", success=True):
        """The server's side of SCRAM-SHA-1 or -256, right but for what the arguments spoil."""
        self.open_stream(mechanisms("SCRAM-SHA-256", "SCRAM-SHA-1"))
        match = self.expect(r"<auth[^>]*mechanism=[\"'](SCRAM-SHA-(?:1|256))[\"'][^>]*>([^<]*)</auth>")
        digest = "sha1" if match[1].endswith(b"-1") else "sha256"
        first = base64.b64decode(match[2]).decode()
        bare = first.split(",", 2)[2]
        client_nonce = dict(part.split("=", 1) for part in bare.split(","))["r"]
        challenge = f"r={nonce or client_nonce + 'rogue'},s={base64.b64encode(salt).decode()},i={iterations}"
        self.send(f"<challenge xmlns='{SASL}'>{base64.b64encode(challenge.encode()).decode()}</challenge>")
        final = base64.b64decode(self.expect(r"<response[^>]*>([^<]*)</response>")[1]).decode()
        salted = hashlib.pbkdf2_hmac(digest, password.encode(), salt, iterations)
        message = ",".join([bare, challenge, final.rsplit(",p=", 1)[0]])
        proof = hmac.new(hmac.new(salted, b"Server Key", digest).digest(), message.encode(), digest).digest()
        answer = base64.b64encode(b"v=" + base64.b64encode(proof if signature is None else signature)).decode()
        if success:
            self.send(f"<success xmlns='{SASL}'>{answer}</success>")

    def bind(self, jid):
        self.open_stream("<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>")
        request = self.expect(r"<iq[^>]*id=[\"']([^\"']*)[\"'][^>]*>.*?</iq>")[1].decode()
        self.send(f"<iq type='result' id='{request}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{jid}/rogue</jid></bind></iq>")

    def secure(self):
        """STARTTLS, as it should be."""
        self.open_stream(STARTTLS)
        self.expect("<starttls[^>]*>")
        self.send(PROCEED)
        self.start_tls()

    def login(self, account):
        """All of it, as it should be, over direct TLS."""
        self.start_tls()
        self.scram(account.password)
        self.bind(account.jid)


class Rogue(Listener):
    """Serves on `port` (`direct_port` is the same one: the script says whether TLS comes at once), or on a given listener."""

    def __init__(self, script, certificate, ca, listener=None):
        self.script, self.certificate, self.ca = script, certificate, ca
        self.bytes, self.finished = b"", 0
        super().__init__(listener)

    direct_port = property(lambda self: self.port)

    def serve(self, plain):
        connection = Connection(self, plain)
        try:
            self.script(connection)
        except (OSError, ssl.SSLError):
            pass  # the client hung up, as it often should
        finally:
            try:
                connection.socket.close()
            except OSError:
                pass
            with self._changed:
                self._open.discard(plain)
                self.finished += 1
                self._changed.notify_all()

    def note(self, piece):
        with self._changed:
            self.bytes += piece
            self._changed.notify_all()

    def wait_for_bytes(self, piece, deadline=15):
        """Wait until `piece` has come on any connection; whether it has."""
        return self.wait_for(lambda: piece in self.bytes, deadline)

    def wait_until_finished(self, count=1, deadline=40):
        """Wait until that many connections have ended."""
        if not self.wait_for(lambda: self.finished >= count, deadline):
            raise Timeout(f"{self.finished} connections have ended within {deadline} s, not {count}")
