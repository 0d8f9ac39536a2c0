"""A client that leaves nothing out and adds nothing: no acknowledgements, no sorting out of what came twice. It logs in over
direct TLS and comes back by itself, at once and for ever."""
import asyncio
import base64
import ssl
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

STREAM = "http://etherx.jabber.org/streams"
RETRY = 0.1
LOGIN_LIMIT = 10


class Client:
    """`heard` is called with each <message/> element."""

    def __init__(self, account, server, resource, heard):
        self.account, self.server, self.resource, self.heard = account, server, resource, heard
        self.jid = f"{account.jid}/{resource}"
        self.online = asyncio.Event()
        self.logins = 0
        self._writer = self._task = None

    def start(self):
        self._task = asyncio.ensure_future(self._live())
        return self

    async def _live(self):
        while True:
            try:
                await self._session()
            except (OSError, ssl.SSLError, asyncio.IncompleteReadError, ElementTree.ParseError, asyncio.TimeoutError, EOFError):
                pass
            finally:
                self.online.clear()
                if self._writer:
                    self._writer.transport.abort()
                    self._writer = None
            await asyncio.sleep(RETRY)

    async def _session(self):
        context = ssl.create_default_context(cafile=self.server.ca)
        reader, self._writer = await asyncio.wait_for(
            asyncio.open_connection("127.0.0.1", self.server.direct_port, ssl=context, server_hostname=self.server.domain), LOGIN_LIMIT)
        await asyncio.wait_for(self._login(reader), LOGIN_LIMIT)
        self.logins += 1
        self.online.set()
        while True:
            self._take(await self._stanza(reader))

    async def _login(self, reader):
        token = base64.b64encode(f"\0{self.account.local}\0{self.account.password}".encode()).decode()
        self._open()
        await self._until(reader, f"{{{STREAM}}}features")
        self.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{token}</auth>")
        await self._until(reader, "{urn:ietf:params:xml:ns:xmpp-sasl}success")
        self._open()
        await self._until(reader, f"{{{STREAM}}}features")
        self.send(f"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{self.resource}</resource></bind></iq>")
        await self._until(reader, "{jabber:client}iq")
        self.send("<presence/><iq type='get' id='here'><ping xmlns='urn:xmpp:ping'/></iq>")
        # Only now the server delivers to us; what comes before the answer may be what it had stored.
        while True:
            stanza = await self._stanza(reader)
            if stanza.get("id") == "here":
                return
            self._take(stanza)

    def _open(self):
        self._parser, self._depth, self._waiting, self._root = ElementTree.XMLPullParser(["start", "end"]), 0, [], None
        self.send(f"<?xml version='1.0'?><stream:stream to='{self.server.domain}' version='1.0' xmlns='jabber:client' xmlns:stream='{STREAM}'>")

    async def _until(self, reader, tag):
        while True:
            stanza = await self._stanza(reader)
            if stanza.tag == tag:
                return stanza
            if stanza.tag.endswith("failure") or stanza.tag == f"{{{STREAM}}}error":
                raise EOFError(ElementTree.tostring(stanza))

    async def _stanza(self, reader):
        while not self._waiting:
            piece = await reader.read(65536)
            if not piece:
                raise EOFError
            self._parser.feed(piece)
            for event, element in self._parser.read_events():
                if event == "start":
                    self._depth += 1
                    if self._root is None:
                        self._root = element
                else:
                    self._depth -= 1
                    if self._depth == 1:
                        self._waiting.append(element)
                        self._root.remove(element)
                    elif self._depth == 0:
                        raise EOFError
        return self._waiting.pop(0)

    def _take(self, stanza):
        if stanza.tag == "{jabber:client}iq" and stanza.get("type") == "get":
            self.send(f"<iq type='result' id={quoteattr(stanza.get('id', ''))} to={quoteattr(stanza.get('from', self.server.domain))}/>")
        elif stanza.tag == "{jabber:client}message":
            self.heard(stanza)

    def send(self, xml):
        """False when there is no connection."""
        if self._writer is None or self._writer.is_closing():
            return False
        self._writer.write(xml.encode())
        return True

    def say(self, to, text, id, thread):
        return self.online.is_set() and self.send(
            f"<message to='{to}' type='chat' id='{id}'><body>{escape(text)}</body><thread>{thread}</thread></message>")

    def drop(self):
        """Ends the connection at once; it comes back by itself."""
        if self._writer:
            self._writer.transport.abort()

    async def stop(self):
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
