#!/usr/bin/env python3
"""A name server at port 53 that misbehaves on purpose; tests/apart runs it.

What it answers is in the first word of a name:

  here-…      127.0.0.1
  public-…    8.8.8.8, which tests/apart gives to the loopback device
  both-…      8.8.8.8 the first time, 127.0.0.1 from then on
  mixed-…     8.8.8.8 and 127.0.0.1
  slow-…      127.0.0.1, after 200 ms
  together-…  127.0.0.1, once 20 such names are asked for
  fail-…      SERVFAIL
  silent-…    nothing
  others      NXDOMAIN

Prints a line once it listens. Writes the most names that were asked for at
the same time to ./most-names.
"""

import asyncio
import pathlib
import struct

NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
A = 1
LOCAL, PUBLIC = b"\x7f\0\0\1", b"\x08\x08\x08\x08"


def question(packet):
    """The name, its type, and where the question ends."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack_from("!H", packet, at + 1)[0], at + 5


def answer(packet, end, code, *addresses):
    flags = 0x8180 | code
    head = packet[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", A, 1, 60, 4)
    return head + packet[12:end] + b"".join(record + a for a in addresses)


class Names(asyncio.DatagramProtocol):
    def __init__(self):
        self.transport = None
        self.asked = {}
        self.flying = {}
        self.most = 0
        self.waiting = []
        self.together = set()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, packet, peer):
        name, kind, end = question(packet)
        word = name.partition("-")[0]
        self.flying[name] = self.flying.get(name, 0) + 1
        if len(self.flying) > self.most:
            self.most = len(self.flying)
            pathlib.Path("most-names").write_text(f"{self.most}\n", "ascii")
        if word == "silent":
            return
        reply = answer(packet, end, *self.decide(word, name, kind))
        if word == "together":
            self.gather(reply, peer, name)
            return
        loop = asyncio.get_running_loop()
        loop.call_later(0.2 if word == "slow" else 0, self.send, reply, peer,
                        name)

    def gather(self, reply, peer, name):
        self.waiting.append((reply, peer, name))
        self.together.add(name)
        if len(self.together) >= 20:
            for waiting in self.waiting:
                self.send(*waiting)
            self.waiting.clear()

    def decide(self, word, name, kind):
        if word == "fail":
            return (SERVFAIL,)
        if word not in ("here", "public", "both", "mixed", "slow", "together"):
            return (NXDOMAIN,)
        if kind != A:
            return (NOERROR,)
        if word == "mixed":
            return NOERROR, PUBLIC, LOCAL
        self.asked[name] = self.asked.get(name, 0) + 1
        first = word == "both" and self.asked[name] == 1
        return NOERROR, PUBLIC if word == "public" or first else LOCAL

    def send(self, reply, peer, name):
        self.flying[name] -= 1
        if not self.flying[name]:
            del self.flying[name]
        self.transport.sendto(reply, peer)


async def main():
    await asyncio.get_running_loop().create_datagram_endpoint(
        Names, local_addr=("127.0.0.1", 53))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
