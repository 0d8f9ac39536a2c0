"""The Python bot that Perch is measured against: slixmpp, TLS, a login, an answer to each message.
slixmpp_bot.py JID PASSWORD HOST PORT CA-FILE [direct]"""
import asyncio
import ssl
import sys

import slixmpp

jid, password, host, port, ca = sys.argv[1:6]
direct = sys.argv[6:] == ["direct"]


class Bot(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password, ssl_context=ssl.create_default_context(cafile=ca))
        self.enable_direct_tls, self.enable_starttls = direct, not direct
        self.add_event_handler("session_bind", lambda _: print("bound", flush=True))
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.answer)

    async def started(self, _):
        await self.get_roster()
        self.send_presence()
        print("online", flush=True)

    def answer(self, message):
        if message["type"] in ("chat", "normal"):
            message.reply("lamp is on" if message["body"] == "lamp on" else "lamp is off").send()


async def main():
    bot = Bot()
    bot.connect(host, int(port))
    await asyncio.Event().wait()

asyncio.run(main())
