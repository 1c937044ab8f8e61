"""A server that notes when each request came, on the kernel's steady clock.

As a program: stamps.py DELAY_S LOG, which prints its port. A line of LOG is
"MOMENT METHOD TARGET", the moment in seconds; a request counts when the kernel
got it, not when this process found the time to read it. A target that begins
with /limited/K answers every K-th visit with 429 and a Retry-After of 1 s; one
that begins with /hop leads on to what is behind it.
"""
import asyncio
import socket
import struct
import sys
import time

BODY = b'{"ok":true}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LED_ON = b"HTTP/1.1 302 Found\r\nLocation: %s\r\n"
TURNED_AWAY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n"


def arrival(sock):
    """When the last bytes came: up to a tick of the kernel off."""
    now = time.monotonic()
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    # struct tcp_info: eight bytes, eleven words, tcpi_last_data_recv
    (age_ms,) = struct.unpack_from("I", info, 8 + 4 * 11)
    return now - age_ms / 1000 if age_ms < 10_000 else now


class Stamps(asyncio.Protocol):
    """One connection."""

    delay = 0.0
    log = None
    visits = 0

    def __init__(self):
        self.pending = b""
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        moment = arrival(self.transport.get_extra_info("socket"))
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            head, _, rest = self.pending.partition(b"\r\n\r\n")
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if len(rest) < length:
                return
            self.pending = rest[length:]
            self.request(head.split(b"\r\n", 1)[0].decode(), moment)

    def request(self, line, moment):
        method, target, _ = line.split(" ", 2)
        Stamps.log.write(f"{moment:.6f} {method} {target}\n")
        answer = HEAD
        if target.startswith("/limited/"):
            Stamps.visits += 1
            if Stamps.visits % int(target.split("/")[2]) == 0:
                answer = TURNED_AWAY
        elif target.startswith("/hop/"):
            answer = LED_ON % target.removeprefix("/hop").encode()
        if self.delay:
            asyncio.get_running_loop().call_later(
                self.delay, self.answer, answer)
        else:
            self.answer(answer)

    def answer(self, head):
        if not self.transport.is_closing():
            self.transport.write(
                head + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)


async def serve(delay, path):
    with open(path, "w", encoding="ascii", buffering=1) as Stamps.log:
        Stamps.delay = delay
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            Stamps, "127.0.0.1", 0, backlog=4096)
        print(server.sockets[0].getsockname()[1], flush=True)
        # The end of standard input is the end of the server.
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2]))
