"""One connection of the fault server: read a request, write what you like."""

import asyncio
import json
import socket
import struct
import time
import urllib.parse


class Gone(Exception):
    """The client left, or sent something that is no request."""


class Request:
    """A request as it came: header names keep their case, in order."""

    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        parts = urllib.parse.urlsplit(target)
        self.path = parts.path
        self.query = dict(
            urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        name, _, self.rest = self.path.lstrip("/").partition("/")
        self.name = name or "index"

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def raw(self, name):
        """A value of the query, as bytes."""
        for part in urllib.parse.urlsplit(self.target).query.split("&"):
            key, _, value = part.partition("=")
            if key == name:
                return urllib.parse.unquote_to_bytes(value)
        raise Gone

    def number(self, otherwise):
        """The number behind the name in the path: /drip/20."""
        return float(self.rest.split("/")[0] or otherwise)


def ms_since_data(sock):
    """The age of the last bytes that a socket received, by its kernel; 0
    where that cannot be known."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    except (AttributeError, OSError):
        return 0
    # struct tcp_info: eight bytes, eleven words, tcpi_last_data_recv
    return struct.unpack_from("I", info, 8 + 4 * 11)[0] if len(info) > 56 else 0


class Connection:
    """Bytes in, bytes out; no opinion on what they mean."""

    count = 0

    def __init__(self, reader, writer):
        Connection.count += 1
        self.id = Connection.count
        self.reader = reader
        self.writer = writer
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def send(self, data):
        if isinstance(data, str):
            data = data.encode("latin-1")
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status=200, body=b"", **headers):
        """A whole, honest answer; `_` in a header's name stands for `-`."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body, separators=(",", ":")) + "\n"
            headers.setdefault("Content_Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        lines = [f"HTTP/1.1 {status} Whatever"]
        headers.setdefault("Content_Length", len(body))
        for name, value in headers.items():
            if value is not None:
                lines.append(f"{name.replace('_', '-')}: {value}")
        head = "\r\n".join(lines) + "\r\n\r\n"
        await self.send(head.encode("utf-8") + body)

    def reset(self):
        """RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def arrival(self):
        """When the last bytes came, however long they waited for us."""
        return time.monotonic() - ms_since_data(
            self.writer.get_extra_info("socket")) / 1000

    async def until_gone(self):
        """Wait until the client closes."""
        while await self.reader.read(65536):
            pass

    async def request(self):
        """The next request, or None at the end of the connection."""
        try:
            first = await self.reader.readexactly(1)
            if first == b"\x16":  # a TLS handshake at a plain port
                await self.answer(400)
                raise Gone
            head = first + await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise Gone from end
            return None
        lines = head.decode("latin-1").split("\r\n")[:-2]
        try:
            method, target, _ = lines[0].split(" ")
        except ValueError as bad:
            raise Gone from bad
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        request = Request(method, target, headers, b"")
        if (request.header("expect") or "").lower() == "100-continue":
            if request.name == "417":
                return request
            await self.send("HTTP/1.1 100 Continue\r\n\r\n")
        request.body = await self._body(request)
        return request

    async def _body(self, request):
        if (request.header("transfer-encoding") or "").lower() == "chunked":
            return await self._chunks()
        length = int(request.header("content-length") or 0)
        return await self.reader.readexactly(length)

    async def _chunks(self):
        body = b""
        while True:
            size = int(await self.reader.readline(), 16)
            body += await self.reader.readexactly(size)
            await self.reader.readline()
            if size == 0:
                return body


class Log:
    """When which request arrived, on which connection."""

    def __init__(self):
        self.entries = []
        self.visits = {}

    def arrived(self, connection, request):
        entry = {
            "t": round(connection.arrival(), 6),
            "done": None,
            "connection": connection.id,
            "method": request.method,
            "target": request.target,
            "headers": dict(request.headers),
            "body": request.body[:4096].decode("latin-1"),
        }
        self.entries.append(entry)
        return entry

    def note(self, connection, method, target):
        """One that came otherwise."""
        self.entries.append({
            "t": round(time.monotonic(), 6), "done": None,
            "connection": id(connection), "method": method,
            "target": target, "headers": {}, "body": ""})

    def visit(self, request):
        """How often this target was asked for, this time included."""
        n = self.visits.get(request.target, 0) + 1
        self.visits[request.target] = n
        return n

    def matching(self, text):
        return [e for e in self.entries if text in e["target"]]
