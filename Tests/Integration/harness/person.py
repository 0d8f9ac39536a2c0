"""Somebody with an ordinary XMPP client, scripted: slixmpp on a thread of its own, blocking calls with deadlines."""
import asyncio
import itertools
import ssl
import threading
import time

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from .process import Timeout


_threads = itertools.count(1)


class Received:
    """A message that arrived."""

    def __init__(self, stanza):
        self.time = time.monotonic()
        self.sender = stanza["from"].full
        self.bare = stanza["from"].bare
        self.type = stanza["type"]
        self.id = stanza["id"]
        self.body = stanza["body"] or None
        self.thread = stanza["thread"] or None
        self.xml = stanza.xml

    def child(self, name, namespace):
        return self.xml.find(f"{{{namespace}}}{name}")

    def __repr__(self):
        return f"<{self.type} from {self.sender}: {self.body!r}>"


class Seen:
    """Presence that arrived. `type` is available, unavailable, subscribe, subscribed, unsubscribe, unsubscribed, error."""

    def __init__(self, stanza):
        xml = stanza.xml
        self.time = time.monotonic()
        self.sender, self.bare = stanza["from"].full, stanza["from"].bare
        self.type = xml.get("type", "available")
        self.show = xml.findtext("{jabber:client}show")
        self.status = xml.findtext("{jabber:client}status")
        self.xml = xml

    def __repr__(self):
        return f"<{self.type} from {self.sender} show={self.show} status={self.status!r}>"


PASSWORD_MECHANISMS = {f"SCRAM-SHA-{bits}{plus}" for bits in (1, 256, 512) for plus in ("", "-PLUS")} | {"PLAIN"}


class Client(slixmpp.ClientXMPP):
    def __init__(self, person, context, loop):
        super().__init__(person.account.jid + "/test", person.account.password, ssl_context=context, loop=loop)
        self.auto_authorize = None  # the tests decide
        self.auto_subscribe = False
        self.enable_direct_tls = False
        # Without this slixmpp would try EXTERNAL where it is offered, and people have no certificates.
        self.plugin["feature_mechanisms"].use_mechs = PASSWORD_MECHANISMS
        for plugin in ("xep_0030", "xep_0199", "xep_0092", "xep_0184", "xep_0202", "xep_0012", "xep_0203"):
            self.register_plugin(plugin)
        self.plugin["xep_0184"].auto_ack = True


class Person:
    """Online from `connect()` to `disconnect()`. Also a context manager."""

    def __init__(self, account, server):
        self.account, self.server = account, server
        self.messages, self.presences = [], []
        self._changed = threading.Condition()
        self._online = self._ended = False
        self._failure = None
        self._thread = None
        self._client = None
        self._loop = None

    jid = property(lambda self: self.account.jid)

    # Connection

    def connect(self, deadline=15):
        ready = threading.Event()
        self._online = self._ended = False
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(deadline)
        self._wait(lambda: self._online or self._ended or self._failure, deadline, f"{self.jid} to be online")
        if not self._online:
            raise AssertionError(f"{self.jid} could not log in: {self._failure}")
        return self

    def _run(self, ready):
        self._loop = loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        context = ssl.create_default_context(cafile=self.server.ca)
        client = self._client = Client(self, context, loop)
        client.add_event_handler("session_start", self._started)
        client.add_event_handler("failed_auth", lambda stanza: self._note(failure=f"not authorised: {stanza}"))
        client.add_event_handler("disconnected", lambda reason: self._note(ended=True))
        client.add_event_handler("connection_failed", lambda reason: self._note(failure=f"no connection: {reason}"))
        # slixmpp's own events leave out messages without a body (receipts, published items) and sort presence by <show/>.
        client.register_handler(
            Callback("every message", MatchXPath("{jabber:client}message"), lambda stanza: self._note(message=Received(stanza))))
        client.register_handler(
            Callback("every presence", MatchXPath("{jabber:client}presence"), lambda stanza: self._note(presence=Seen(stanza))))
        client.connect(getattr(self.server, "address", "127.0.0.1"), self.server.port)
        ready.set()
        loop.run_forever()
        loop.close()

    async def _started(self, _):
        await self._client.get_roster()
        self._client.send_presence()
        self._note(online=True)

    def _note(self, message=None, presence=None, online=None, ended=None, failure=None):
        with self._changed:
            if message is not None:
                self.messages.append(message)
            if presence is not None:
                self.presences.append(presence)
            if online:
                self._online = True
            if ended:
                self._online, self._ended = False, True
            if failure:
                self._failure = failure
            self._changed.notify_all()

    def disconnect(self):
        if not self._thread or not self._thread.is_alive():
            return

        async def end():
            # Bounded here, because a dead server never answers the closing tag.
            await asyncio.wait([asyncio.ensure_future(self._client.disconnect(wait=2))], timeout=3)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            self._loop.call_soon(self._loop.stop)

        asyncio.run_coroutine_threadsafe(end(), self._loop)
        self._thread.join(10)

    def __enter__(self):
        return self.connect()

    def __exit__(self, *_):
        self.disconnect()

    # What is done

    def _do(self, function, deadline=10):
        """Run `function(client)` on the client's thread; a coroutine it returns is awaited there."""
        async def call():
            result = function(self._client)
            return await result if asyncio.iscoroutine(result) or asyncio.isfuture(result) else result
        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(deadline)

    def send(self, to, text, kind="chat", id=None, receipt=False, thread=None):
        """Send a message; its id."""
        def action(client):
            message = client.make_message(mto=str(to), mbody=text, mtype=kind)
            message["id"] = id or client.new_id()
            if thread:
                message["thread"] = thread
            if receipt:
                message["request_receipt"] = True
            message.send()
            return message["id"]
        return self._do(action)

    def send_raw(self, xml):
        self._do(lambda client: client.send_raw(xml))

    def exchange(self, xml, answer, deadline=10):
        """Send an element that is no stanza; the XML of the first element `answer` ({namespace}name) that comes after."""
        async def ask(client):
            came = asyncio.get_running_loop().create_future()
            client.register_handler(Callback(answer, MatchXPath(answer), lambda stanza: came.done() or came.set_result(stanza.xml)))
            try:
                client.send_raw(xml)
                return await asyncio.wait_for(came, deadline)
            finally:
                client.remove_handler(answer)
        return self._do(ask, deadline + 2)

    def say(self, to, text, deadline=10):
        """Send `text` and return the body of the answer: it has the same thread, while a report that comes meanwhile has none."""
        start, thread = len(self.messages), f"say-{next(_threads)}"
        self.send(to, text, thread=thread)
        return self.next_message(to, after=start, deadline=deadline, matching=lambda message: message.thread == thread).body

    def subscribe(self, to):
        self._do(lambda client: client.send_presence_subscription(pto=str(to), ptype="subscribe"))

    def approve(self, to):
        self._do(lambda client: client.send_presence_subscription(pto=str(to), ptype="subscribed"))

    def set_presence(self, **values):
        self._do(lambda client: client.send_presence(**values))

    def roster(self):
        """Bare JID -> subscription, as the server has it."""
        async def ask(client):
            answer = await client.get_roster()
            return {str(jid): item["subscription"] for jid, item in answer["roster"]["items"].items()}
        return self._do(ask)

    def query(self, to, payload, kind="get", deadline=10):
        """Send an IQ with this XML inside; its answer's XML element, whose type may be "error"."""
        from xml.etree import ElementTree

        async def ask(client):
            iq = client.make_iq(ito=str(to), itype=kind)
            iq.append(ElementTree.fromstring(payload))
            try:
                return (await iq.send(timeout=deadline)).xml
            except slixmpp.exceptions.IqError as error:
                return error.iq.xml
        return self._do(ask, deadline + 2)

    # What is seen

    def _wait(self, condition, deadline, what):
        end = time.monotonic() + deadline
        with self._changed:
            while True:
                result = condition()
                if result:
                    return result
                left = end - time.monotonic()
                if left <= 0:
                    raise Timeout(
                        f"{self.jid} waited {deadline} s for {what}.\nMessages: {self.messages[-10:]}\nPresence: {self.presences[-10:]}")
                self._changed.wait(left)

    def next_message(self, sender, after=0, deadline=10, matching=lambda message: True):
        """The first message with a body from the bare JID `sender` that came at position `after` or later."""
        sender = str(sender).split("/")[0]

        def found():
            for message in self.messages[after:]:
                if message.bare == sender and message.body is not None and matching(message):
                    return message
            return None
        return self._wait(found, deadline, f"a message from {sender}")

    def wait_presence(self, sender, kind="available", after=0, deadline=15, matching=lambda presence: True):
        """The first presence of that type from the bare JID `sender`, at position `after` or later."""
        sender = str(sender).split("/")[0]

        def found():
            for presence in self.presences[after:]:
                if presence.bare == sender and presence.type == kind and matching(presence):
                    return presence
            return None
        return self._wait(found, deadline, f"{kind} presence from {sender}")

    def messages_from(self, sender):
        sender = str(sender).split("/")[0]
        with self._changed:
            return [message for message in self.messages if message.bare == sender and message.body is not None]
