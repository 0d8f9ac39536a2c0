"""A name server that knows what a test tells it (RFC 1035, RFC 2782)."""
import socket
import struct
import threading

A, CNAME, AAAA, SRV = 1, 5, 28, 33


def _name(text):
    labels = [label.encode() for label in text.strip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


class NameServer:
    """Answers on UDP from `records`; what is not there does not exist. `questions` keeps (name, type) in order."""

    def __init__(self, namespace, address="127.0.0.1", port=53):
        self.records, self.questions = {}, []

        def make():
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            made.bind((address, port))
            return made
        self._socket = namespace.socket(make)
        threading.Thread(target=self._serve, daemon=True).start()

    def address(self, name, text="127.0.0.1"):
        self.records.setdefault(name, []).append((A, socket.inet_aton(text)))

    def alias(self, name, target):
        self.records.setdefault(name, []).append((CNAME, target))

    def service(self, domain, priority, weight, port, target, direct=False):
        kind = "_xmpps-client" if direct else "_xmpp-client"
        data = struct.pack("!HHH", priority, weight, port) + _name(target)
        self.records.setdefault(f"{kind}._tcp.{domain}", []).append((SRV, data))

    def _answers(self, name, kind):
        """(owner, type, data) of the answer section, with the aliases on the way."""
        found = []
        for _ in range(8):
            here = self.records.get(name, [])
            alias = next((target for known, target in here if known == CNAME), None)
            if alias is None:
                return found + [(name, known, data) for known, data in here if known == kind]
            found.append((name, CNAME, _name(alias)))
            name = alias
        return found

    def _serve(self):
        while True:
            try:
                query, client = self._socket.recvfrom(4096)
            except OSError:
                return
            if not query:
                return  # close()
            at, labels = 12, []
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
                at += 1 + query[at]
            name, kind = ".".join(labels), struct.unpack("!H", query[at + 1:at + 3])[0]
            self.questions.append((name, kind))
            answers = self._answers(name, kind)
            missing = name not in self.records
            header = query[:2] + struct.pack("!HHHHH", 0x8580 | (3 if missing else 0), 1, len(answers), 0, 0)
            body = b"".join(
                _name(owner) + struct.pack("!HHIH", known, 1, 60, len(data)) + data for owner, known, data in answers)
            self._socket.sendto(header + query[12:at + 5] + body, client)

    def close(self):
        # shutdown() wakes the thread that waits; close() alone would not.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
