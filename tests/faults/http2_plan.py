"""HTTP/2 servers that log what they process, as /NAME?BODY in the log of the
fault server: paths are packed, and nobody unpacks them.

H2_PLAN does what the body of a request says: `id=1&plan=refused,goaway,ok`, a
step for each time that this body comes. The others take one step, always.
"""

import asyncio
import struct
import urllib.parse

from http2 import (
    ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, INTERNAL_ERROR,
    NO_ERROR, REFUSED_STREAM, SETTINGS, STATUS_200, frame, read_frame, reset)

HTTP_1_1_REQUIRED = 13
STATUS_204 = b"\x89"
NO_LIMIT = 1 << 31


def leave(last):
    return frame(GOAWAY, 0, 0, struct.pack("!II", last, NO_ERROR))


def begin(stream):
    return (frame(HEADERS, END_HEADERS, stream, STATUS_200)
            + frame(DATA, 0, stream, b'{"ok":'))


def whole(stream):
    """In two pieces."""
    return begin(stream) + frame(DATA, END_STREAM, stream, b'true}\n')


def empty(stream):
    """204, and its end in a frame of its own."""
    return (frame(HEADERS, END_HEADERS, stream, STATUS_204)
            + frame(DATA, END_STREAM, stream))


# Where a connection goes away: the last stream that is served.
LAST = {"goaway": lambda s: max(s - 2, 0), "last": lambda s: s}

# Name: what is sent, and whether the request was processed.
STEPS = {
    "ok": (whole, True),
    "empty": (empty, True),
    "early": (lambda s: whole(s) + reset(s, NO_ERROR), True),
    "late-error": (lambda s: whole(s) + reset(s, INTERNAL_ERROR), True),
    "last": (lambda s: whole(s) + leave(LAST["last"](s)), True),
    "refused": (lambda s: reset(s, REFUSED_STREAM), False),
    "goaway": (lambda s: leave(LAST["goaway"](s)), False),
    "http11": (lambda s: reset(s, HTTP_1_1_REQUIRED), False),
    "broken": (lambda s: reset(s, INTERNAL_ERROR), True),
    "gone": (lambda s: b"", True),
    "cut": (begin, True),  # and soon a reset that looks like an end
}

# Name of a server: its step, and whether it waits for the body of a request.
SERVERS = {
    "H2_PLAN": (None, True),
    "H2_CUT": ("cut", True),
    "H2_EARLY": ("early", False),
    "H2_DEAF": ("ok", False),  # reads no body, and does not say so
    "H2_LAST": ("last", True),
    "H2_HTTP11": ("http11", True),
}


class Server:
    def __init__(self, name, log):
        self.name, self.log = name, log
        self.step, self.waits = SERVERS[name]
        self.visits = {}

    def choose(self, body):
        """What happens to the stream."""
        if self.step:
            return self.step
        visit = self.visits.get(body, 0)
        self.visits[body] = visit + 1
        plan = urllib.parse.parse_qs(body).get("plan", ["ok"])[0].split(",")
        return plan[min(visit, len(plan) - 1)]

    def reply(self, writer, stream, body):
        """The bytes, b"" being the end of the connection, and the last
        stream that is served."""
        step = self.choose(body)
        send, processed = STEPS[step]
        if step == "cut":
            asyncio.get_running_loop().call_later(
                0.05, writer.write, reset(stream, NO_ERROR))
        if processed:
            self.log.note(writer, "POST", f"/{self.name}?{body}")
        return send(stream), LAST.get(step, lambda s: NO_LIMIT)(stream)

    async def serve(self, reader, writer):
        chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        try:
            if chosen == "h2":
                await self.talk(reader, writer)
            else:
                await self.talk_http1(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def talk_http1(self, reader, writer):
        """For who was told to."""
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            _, _, length = head.partition("content-length: ")
            body = await reader.readexactly(int(length.split("\r")[0] or 0))
            self.log.note(writer, "POST", f"/{self.name}?{body.decode()}")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")

    async def talk(self, reader, writer):
        bodies, last = {}, NO_LIMIT
        await reader.readexactly(24)  # PRI * HTTP/2.0 ...
        writer.write(frame(SETTINGS, 0, 0))
        while True:
            kind, flags, stream, payload = await read_frame(reader)
            if kind == SETTINGS and not flags & ACK:
                writer.write(frame(SETTINGS, ACK, 0))
            if kind == HEADERS and stream <= last:
                bodies[stream] = b""
            elif kind == DATA and stream in bodies:
                bodies[stream] += payload
            if kind not in (HEADERS, DATA) or stream not in bodies:
                continue
            if self.waits and not flags & END_STREAM:
                continue
            reply, limit = self.reply(
                writer, stream, bodies.pop(stream).decode())
            writer.write(reply)
            if not reply:
                return
            last = min(last, limit)
            bodies = {s: b for s, b in bodies.items() if s <= last}


async def listen(name, context, server):
    """Returns the URL."""
    context.set_alpn_protocols(["h2", "http/1.1"])
    listener = await asyncio.start_server(
        Server(name, server.log).serve, "127.0.0.1", 0, ssl=context)
    server.kept.append(listener)
    return f"https://localhost:{listener.sockets[0].getsockname()[1]}"
