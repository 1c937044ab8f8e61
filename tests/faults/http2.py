"""HTTP/2 by hand, as much as it takes to break it off.

Each kind of server goes wrong once, at its second stream, and is honest
from then on.
"""

import asyncio
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
PING, CONTINUATION = 6, 9
ACK, END_STREAM, END_HEADERS = 1, 1, 4
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM = 0, 2, 7
STATUS_200 = b"\x88"  # of HPACK's static table


def frame(kind, flags, stream, payload=b""):
    return (struct.pack("!I", len(payload))[1:] + bytes([kind, flags])
            + struct.pack("!I", stream) + payload)


def literal(name, value):
    """A field that is kept in no table, without Huffman's code."""
    def string(text):
        size = len(text)
        if size < 127:
            return bytes([size]) + text
        out, size = [127], size - 127
        while size >= 128:
            out.append(size % 128 + 128)
            size //= 128
        return bytes([*out, size]) + text
    return b"\0" + string(name.encode()) + string(value.encode())


def renumber(frames, stream):
    """The same frames, as far as they go, on another stream."""
    out, at = bytearray(frames), 0
    while at < len(out):
        number = struct.pack("!I", stream)
        out[at + 5:at + 9] = number[:max(0, len(out) - at - 5)]
        at += 9 + int.from_bytes(out[at:at + 3])
    return bytes(out)


async def read_frame(reader):
    """Kind, flags, stream, payload."""
    head = await reader.readexactly(9)
    payload = await reader.readexactly(int.from_bytes(head[:3]))
    return head[3], head[4], struct.unpack("!I", head[5:])[0], payload


def reset(stream, code):
    return frame(RST_STREAM, 0, stream, struct.pack("!I", code))


def go_away(stream):
    """What came before `stream` was the last that was looked at."""
    return frame(GOAWAY, 0, 0, struct.pack("!II", stream - 2, NO_ERROR))


def whole(stream):
    return (frame(HEADERS, END_HEADERS, stream, STATUS_200)
            + frame(DATA, END_STREAM, stream, b'{"ok":true}\n'))


def hint(stream):
    """Early hints, which no final answer is."""
    return frame(HEADERS, END_HEADERS, stream,
                 literal(":status", "103") + literal("link", "</x>"))


def hints(stream):
    """... and, when they were read, more than libcurl's 128 KB of them."""
    return hint(stream), hint(stream) * 10000


def headers(stream):
    """60 KB of headers, and no body."""
    block = STATUS_200 + b"".join(
        literal(f"x-{i}", "x" * 1000) for i in range(60))
    parts = [block[i:i + 16000] for i in range(0, len(block), 16000)]
    out = frame(HEADERS, END_STREAM, stream, parts[0])
    for part in parts[1:]:
        flags = END_HEADERS if part is parts[-1] else 0
        out += frame(CONTINUATION, flags, stream, part)
    return out


# What is sent, or a pair: what is sent, and what follows when it was read.
FAULTS = {
    "H2_GOAWAY": go_away,
    "H2_REFUSED": lambda stream: reset(stream, REFUSED_STREAM),
    "H2_HINTS": hints,
    "H2_HEADERS": headers,
    "H2_BROKEN": lambda stream: reset(stream, INTERNAL_ERROR),
}


class Server:
    def __init__(self, name):
        self.fault = FAULTS[name]
        self.streams = 0
        self.later = b""

    def answer(self, stream):
        self.streams += 1
        if self.streams == 2:
            reply = self.fault(stream)
            if isinstance(reply, tuple):
                self.later = reply[1]
                return reply[0] + frame(PING, 0, 0, bytes(8))
            return reply
        return whole(stream)

    async def serve(self, reader, writer):
        try:
            await self.talk(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def talk(self, reader, writer):
        await reader.readexactly(24)  # PRI * HTTP/2.0 ...
        writer.write(frame(SETTINGS, 0, 0))
        while True:
            kind, flags, stream, _ = await read_frame(reader)
            if kind == SETTINGS and not flags & ACK:
                writer.write(frame(SETTINGS, ACK, 0))
            elif kind == PING and flags & ACK:
                writer.write(self.later)
            elif kind in (HEADERS, DATA) and flags & END_STREAM:
                reply = self.answer(stream)
                writer.write(reply)
                if reply[3] == GOAWAY:
                    return


async def listen(name, context, kept):
    """Returns the URL."""
    server = await asyncio.start_server(
        Server(name).serve, "127.0.0.1", 0, ssl=context)
    kept.append(server)
    return f"https://localhost:{server.sockets[0].getsockname()[1]}"
