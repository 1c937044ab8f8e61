#!/usr/bin/env python3
"""A server that misbehaves on purpose, on ports that nobody else has.

Prints NAME=VALUE lines, then an empty one, and serves until stdin ends:

  F, F2       two http origins that know all faults (behaviours.py)
  S, S_...    https: good, and wrong in several ways; CA holds the authority
  S_OLD       https whose versions of TLS are too old
  S_RESET     https that breaks off in the handshake
  H2          https with HTTP/2, where nghttpd is installed: /1 to /100, /big
  H2_...      https with HTTP/2 that goes wrong at its second stream (http2.py)
  H2_PLAN ... https with HTTP/2 that logs what it processes (http2_plan.py)
  H2_NOTIFY.. https with HTTP/2 where TLS ends at the third stream (notify.py)
  HX          F behind a proxy that speaks HTTP/2 and HTTP/1.1 over TLS, where
              nghttpx is installed
  H3          https with HTTP/3, and with HTTP/2 at the same port, where an nginx
              that has HTTP/3 is installed: /1 to /100, /big; others say what
              they came over
  REFUSED     nobody listens there
  BLACKHOLE   connections are never accepted
"""

import asyncio
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

import behaviours
import http2
import http2_plan
import notify
import tls
import wire

PROTOCOL_VERSION = 70  # alert: none that we have in common


class Server:
    """What all connections share."""

    def __init__(self):
        self.log = wire.Log()
        self.urls = {}
        self.flying = {}
        self.most = {}
        self.taken = {}
        self.kept = []
        self.paths = {}

    def visit_of_path(self, request):
        """How often this path was asked for, this time included."""
        n = self.paths.get(request.path, 0) + 1
        self.paths[request.path] = n
        return n

    async def serve(self, reader, writer):
        c = wire.Connection(reader, writer)
        try:
            while await self.serve_one(c):
                pass
        except (OSError, EOFError, ValueError, wire.Gone,
                asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def serve_one(self, c):
        request = await c.request()
        if request is None:
            return False
        entry = self.log.arrived(c, request)
        try:
            return await behaviours.behave(self, c, request)
        finally:
            entry["done"] = round(asyncio.get_running_loop().time(), 6)

    async def listen(self, name, context=None):
        """Serve at a port of its own."""
        server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, backlog=4096, limit=1 << 20,
            ssl=context)
        self.kept.append(server)
        port = server.sockets[0].getsockname()[1]
        scheme, host = ("https", "localhost") if context else (
            "http", "127.0.0.1")
        self.urls[name] = f"{scheme}://{host}:{port}"

    def refuse(self, name):
        """A port that is taken, so that nobody comes to listen at it."""
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        self.kept.append(s)
        self.urls[name] = f"http://127.0.0.1:{s.getsockname()[1]}"

    async def shake_no_hand(self, name, alert):
        """A server whose connections end in the middle of a handshake, with
        that alert or, if there is none, without a word."""
        async def serve(reader, writer):
            _, _, length = struct.unpack("!BHH", await reader.readexactly(5))
            await reader.readexactly(length)
            if alert is None:
                wire.Connection(reader, writer).reset()
                return
            writer.write(struct.pack("!BHHBB", 21, 0x0301, 2, 2, alert))
            writer.close()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.kept.append(server)
        port = server.sockets[0].getsockname()[1]
        self.urls[name] = f"https://localhost:{port}"

    def swallow(self, name):
        """A full queue: further SYNs are dropped."""
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        s.listen(0)
        self.kept.append(s)
        for _ in range(8):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(s.getsockname())
            self.kept.append(filler)
        self.urls[name] = f"http://127.0.0.1:{s.getsockname()[1]}"


def free_port():
    """A port that nobody listens on at the moment."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_files(folder):
    """What the servers serve that others have written; returns its folder."""
    root = pathlib.Path(folder, "files")
    root.mkdir()
    for n in range(1, 101):
        (root / str(n)).write_text(f'{{"id":{n}}}\n', encoding="ascii")
    (root / "big").write_bytes(b"x" * 1000000)
    return root


def start_http2(folder, root):
    """An nghttpd at a free port; None where there is none. It can't say
    which port it took, so it is given one that was free a moment ago."""
    if not shutil.which("nghttpd"):
        return None, None
    port = free_port()
    process = subprocess.Popen(
        ["nghttpd", "-a", "127.0.0.1", "-d", root, str(port),
         pathlib.Path(folder, "localhost.key"),
         pathlib.Path(folder, "localhost.pem")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return process, f"https://localhost:{port}"


def start_http2_front(folder, backend):
    """nghttpx in front of `backend`, an http URL; (None, None) without it."""
    program = shutil.which("nghttpx") or "/usr/sbin/nghttpx"
    if not os.access(program, os.X_OK):
        return None, None
    port = free_port()
    process = subprocess.Popen(
        [program, "--conf=/dev/null", "-L", "FATAL", "-n", "1",
         "-f", f"127.0.0.1,{port}",
         "-b", backend.removeprefix("http://").replace(":", ","),
         pathlib.Path(folder, "localhost.key"),
         pathlib.Path(folder, "localhost.pem")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    return process, f"https://localhost:{port}"


NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr crit;
events {{ worker_connections 500; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} quic;
        listen 127.0.0.1:{port} ssl;
        http2 on;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        add_header Alt-Svc 'h3=":{port}"; ma=86400';
        location / {{
            root {root};
            try_files $uri @what;
        }}
        location @what {{
            return 200 '{{"protocol":"$server_protocol"}}\\n';
        }}
        location /post {{
            return 200 '{{"method":"$request_method"}}\\n';
        }}
        location /redirect {{
            return 302 /1;
        }}
    }}
}}
"""


def nginx_with_http3():
    """Its path, or None."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(program, os.X_OK):
        return None
    built = subprocess.run([program, "-V"], check=False, capture_output=True)
    return program if b"http_v3_module" in built.stderr else None


def start_http3(folder, root):
    """nginx over HTTP/3 and HTTP/2; (None, None) where there is none."""
    program = nginx_with_http3()
    if not program:
        return None, None
    port = free_port()
    own = pathlib.Path(folder, "http3")
    own.mkdir()
    (own / "conf").write_text(NGINX.format(
        folder=own, root=root, port=port,
        certificate=pathlib.Path(folder, "localhost.pem"),
        key=pathlib.Path(folder, "localhost.key")), encoding="ascii")
    process = subprocess.Popen(
        [program, "-p", own, "-e", "stderr", "-c", own / "conf"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return process, f"https://localhost:{port}"


async def until_it_listens(process, url):
    """... or has ended."""
    port = int(url.rpartition(":")[2])
    while process.poll() is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


async def end_of(stream):
    """Wait until `stream`, a pipe, has no writer any more."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), stream)
    await reader.read()


async def main():
    server = Server()
    with tempfile.TemporaryDirectory(prefix="faults.") as folder:
        ca, contexts = tls.contexts(folder)
        for name in ("F", "F2"):
            await server.listen(name)
        for name, context in contexts.items():
            await server.listen(name, context)
        for name in http2.FAULTS:
            server.urls[name] = await http2.listen(
                name, tls.http2_context(folder), server.kept)
        for name in http2_plan.SERVERS:
            server.urls[name] = await http2_plan.listen(
                name, tls.http2_context(folder), server)
        for name, answers in (("H2_NOTIFY", False), ("H2_NOTIFY_ONE", True)):
            server.urls[name] = notify.listen(
                tls.http2_context(folder), answers, server.kept)
        await server.shake_no_hand("S_RESET", None)
        await server.shake_no_hand("S_OLD", PROTOCOL_VERSION)
        server.refuse("REFUSED")
        server.swallow("BLACKHOLE")
        values = server.urls | {"CA": ca}
        helpers = []
        root = make_files(folder)
        for name, (process, url) in {
                "H2": start_http2(folder, root),
                "H3": start_http3(folder, root),
                "HX": start_http2_front(folder, server.urls["F"])}.items():
            if process:
                helpers.append(process)
                await until_it_listens(process, url)
                values[name] = url
        for name, value in values.items():
            print(f"{name}={value}")
        print(flush=True)
        await end_of(sys.stdin)
        for process in helpers:
            process.kill()
            process.wait()
    os._exit(0)  # whoever is still being served is not waited for


if __name__ == "__main__":
    asyncio.run(main())
