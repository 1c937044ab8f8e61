"""The servers that all clients ask: one nginx, with a certificate of an
authority that is made for the run."""

import contextlib
import gzip
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.request

import machine

ADDRESSES, PORTS = 40, 50  # of the many origins; each pair is one
ELEMENTS = 1300            # of the large document, which is about 300 KB

NGINX = """
{modules}
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 16384; }}
http {{
	access_log off;
	keepalive_requests 1000000000;
	keepalive_timeout 600;
	client_body_temp_path {folder}/1;
	proxy_temp_path {folder}/2;
	fastcgi_temp_path {folder}/3;
	uwsgi_temp_path {folder}/4;
	scgi_temp_path {folder}/5;
	ssl_certificate {folder}/server.pem;
	ssl_certificate_key {folder}/server.key;
	default_type application/json;
	root {folder};
	server {{
		listen 127.0.0.1:{status};
		location / {{ stub_status; }}
	}}
	server {{
		listen 127.0.0.1:{plain} backlog=4096;
		location / {{ {answer} }}
		location /large/ {{ try_files /large.json =404; }}
		location /gzip/ {{ gzip_static on; try_files /gzip.json =404; }}
		{delay}
	}}
	server {{
		listen 127.0.0.1:{tls} ssl backlog=4096;
		location / {{ {answer} }}
	}}
	server {{
		listen 127.0.0.1:{http2} ssl http2 backlog=4096;
		location / {{ {answer} }}
	}}
	server {{
		{origins}
		location / {{ {answer} }}
	}}
	server {{ # every address of the loopback network is an origin of it
		listen {any} backlog=4096;
		allow 127.0.0.0/8;
		deny all;
		location / {{ {answer} }}
	}}
}}
"""
ANSWER = """return 200 '{"path":"$uri","name":"quiet-otter","price":12.50}\\n';"""
DELAY = """location /delay/ { echo_sleep 1; echo '{"delay":1}'; }"""

EXTENSIONS = """
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = {names}
"""


def free_ports(count):
    """Ports that nobody listens on, at whatever address."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind(("", 0))
        return [s.getsockname()[1] for s in sockets]


def origin_addresses():
    return [f"127.1.0.{n}" for n in range(1, ADDRESSES + 1)]


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    """ca.pem, and server.pem for all addresses that are asked over TLS."""
    names = ",".join(f"IP:{a}" for a in ["127.0.0.1", *origin_addresses()])
    (folder / "extensions").write_text(EXTENSIONS.format(names=names))
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out",
            "ca.pem", "-subj", "/CN=scripts-bench", "-days", "2")
    openssl(folder, "req", *key, "-keyout", "server.key", "-out",
            "server.csr", "-subj", "/CN=127.0.0.1")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem",
            "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
            "extensions", "-out", "server.pem")


def large_document():
    """What an API answers with: short members, some text, some nesting."""
    tail = ('"tags":["red","green","blue"],"owner":{{"login":"user{n}",'
            '"url":"https://api.example.com/users/{n}"}},"note":null,'
            '"text":"plain text, a little longer than a name"')
    return ("[" + ",".join(
        f'{{"id":{n},"name":"item {n}","price":{n % 97}.{n % 90 + 10},'
        f'"active":{"true" if n % 2 else "false"},' + tail.format(n=n) + "}"
        for n in range(ELEMENTS)) + "]\n").encode()


def echo_module():
    """The module that delays answers, which Debian's nginx-light comes with."""
    for folder in ("/usr/lib/nginx/modules", "/usr/share/nginx/modules"):
        path = pathlib.Path(folder, "ngx_http_echo_module.so")
        if path.exists():
            return path
    return None


class Server:
    """nginx, and where it listens."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder, "server")
        self.folder.mkdir(mode=0o755)
        (self.status, self.plain, self.tls, self.http2, self.any,
         *self.origin_ports) = free_ports(5 + PORTS)
        self.ca = self.folder / "ca.pem"
        self.can_delay = echo_module() is not None
        make_certificates(self.folder)
        (self.folder / "large.json").write_bytes(large_document())
        (self.folder / "gzip.json").write_bytes(large_document())
        (self.folder / "gzip.json.gz").write_bytes(
            gzip.compress(large_document()))
        (self.folder / "nginx.conf").write_text(self.configuration())
        self.process = None

    def configuration(self):
        listen = " ".join(f"listen {a}:{p} ssl backlog=64;"
                          for a in origin_addresses()
                          for p in self.origin_ports)
        return NGINX.format(
            folder=self.folder, answer=ANSWER, origins=listen,
            user="user root;" if os.getuid() == 0 else "",
            modules=f"load_module {echo_module()};" if self.can_delay else "",
            delay=DELAY if self.can_delay else "", status=self.status,
            plain=self.plain, tls=self.tls, http2=self.http2, any=self.any)

    def start(self, is_pinned):
        """Start it, on the first core alone if so wished."""
        self.process = subprocess.Popen(
            (machine.core(0) if is_pinned else [])
            + [machine.nginx_program(), "-p", self.folder, "-c",
               self.folder / "nginx.conf", "-e", self.folder / "error.log"],
            stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError):
                self.requests()
                return
            time.sleep(0.05)
        raise SystemExit("nginx does not start:\n"
                         + (self.folder / "error.log").read_text()[:1000])

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def requests(self):
        """How many it has answered, without the questions for that."""
        self.asked = getattr(self, "asked", 0) + 1
        with urllib.request.urlopen(
                f"http://127.0.0.1:{self.status}/", timeout=10) as answer:
            text = answer.read().decode()
        total = int(re.search(r"^ *\d+ \d+ (\d+)", text, re.M).group(1))
        return total - self.asked

    @contextlib.contextmanager
    def running(self, is_pinned):
        self.asked = 0
        self.start(is_pinned)
        try:
            yield self
        finally:
            self.stop()
