"""Certificates for tests, made anew each time by openssl(1)."""

import os
import ssl
import subprocess

CONFIG = """
[ca]
default_ca = here
[here]
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
subjectAltName = {names}
"""

LOCAL = "DNS:localhost,IP:127.0.0.1,IP:::1"


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.write("index", "")
        self.write("serial", "1000")
        self.pem = self.path("ca.pem")
        self.configure(LOCAL)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=gather test authority", "-keyout",
            self.path("ca.key"), "-out", self.pem, "-config",
            self.request_config(), "-extensions", "authority")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)

    def configure(self, names):
        self.write("ca.conf", CONFIG.format(folder=self.folder, names=names))

    def request_config(self):
        text = CONFIG.format(folder=self.folder, names=LOCAL)
        self.write("req.conf", text + "[req]\ndistinguished_name = dn\n[dn]\n")
        return self.path("req.conf")

    def issue(self, name, names=LOCAL, start=None, end=None):
        """A signed certificate; returns its file, which holds the key too."""
        key, request, pem = (self.path(name + s)
                             for s in (".key", ".csr", ".pem"))
        self.configure(names)
        run("openssl", "req", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", key, "-out", request, "-config",
            self.request_config())
        dates = ["-startdate", start, "-enddate", end] if start else [
            "-days", "2"]
        run("openssl", "ca", "-batch", "-config", self.path("ca.conf"),
            "-cert", self.pem, "-keyfile", self.path("ca.key"), "-in",
            request, "-out", pem, "-extensions", "server", "-notext", *dates)
        return self.join(name)

    def self_signed(self, name):
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-keyout", self.path(name + ".key"), "-out",
            self.path(name + ".pem"), "-config", self.request_config(),
            "-extensions", "server")
        return self.join(name)

    def join(self, name):
        both = ""
        for suffix in (".pem", ".key"):
            with open(self.path(name + suffix), encoding="ascii") as f:
                both += f.read()
        self.write(name + ".both", both)
        return self.path(name + ".both")


def context(pem):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(pem)
    c.set_alpn_protocols(["http/1.1"])
    return c


def http2_context(folder):
    """With the good certificate of `contexts`."""
    c = context(os.path.join(folder, "localhost.both"))
    c.set_alpn_protocols(["h2"])
    return c


def contexts(folder):
    """Name of the variable that holds the URL, and its context."""
    ca = Authority(folder)
    good = ca.issue("localhost")
    return ca.pem, {
        "S": context(good),
        "S_EXPIRED": context(ca.issue(
            "expired", start="20200101000000Z", end="20200201000000Z")),
        "S_FUTURE": context(ca.issue(
            "future", start="20400101000000Z", end="20410101000000Z")),
        "S_WRONG": context(ca.issue("wrong", names="DNS:example.org")),
        "S_SELF": context(ca.self_signed("self")),
    }
