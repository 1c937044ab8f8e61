"""The kinds of work: what is fetched, and how much of it at a time."""

import dataclasses
import itertools

import servers


@dataclasses.dataclass
class Kind:
    """A kind of work. `urls` yields the list without end."""
    name: str
    title: str
    n: int
    parallel: int
    urls: object           # of a server
    is_tls: bool = False
    is_filter: bool = False
    is_gzip: bool = False
    counts_requests: bool = True  # the server can tell how many there were
    rounds: int = 0        # 0: as many as the user wants
    shows: str = "wall"    # what a picture shows: wall seconds, or memory
    discards: bool = False  # the output is not looked at
    is_whole: bool = False  # a part of the list says nothing about all of it


def numbered(port, folder, scheme="http"):
    """Of a server: endless URLs below the folder, at the port of that name."""
    def urls(server):
        base = f"{scheme}://127.0.0.1:{getattr(server, port)}/{folder}"
        return (f"{base}/{n:07}" for n in itertools.count())
    return urls


SMALL = numbered("plain", "items")


def origins(server):
    pairs = itertools.cycle(itertools.product(
        server.origin_ports, servers.origin_addresses()))
    return (f"https://{address}:{port}/items/{n:07}"
            for n, (port, address) in enumerate(pairs))


KINDS = [
    Kind("small", "small JSON", 50000, 64, SMALL),
    Kind("tls", "small JSON over TLS", 50000, 64,
         numbered("tls", "items", "https"), is_tls=True),
    Kind("http2", "small JSON over HTTP/2", 50000, 64,
         numbered("http2", "items", "https"), is_tls=True),
    Kind("delays", "answers that take 1 s", 10000, 5000,
         numbered("plain", "delay"), rounds=3, counts_requests=False,
         is_whole=True),
    Kind("origins", "TLS origins, a request each",
         servers.ADDRESSES * servers.PORTS, 64, origins, is_tls=True),
    Kind("json", "300 KB of JSON, filtered", 1000, 128,
         numbered("plain", "large"), is_filter=True),
    Kind("gzip", "the same in gzip", 1000, 128,
         numbered("plain", "gzip"), is_filter=True, is_gzip=True),
    Kind("million", "memory for a long list", 1000000, 64, SMALL, rounds=1,
         shows="memory", discards=True),
]
# What is run unless kinds are named.
DEFAULT = ["small", "small:256", "small:1000", "tls", "http2", "delays",
           "origins", "json", "gzip", "million"]


def find(text):
    """The kind that is called NAME or NAME:PARALLEL; None if there is none."""
    name, _, parallel = text.partition(":")
    for kind in KINDS:
        if kind.name == name and (not parallel or parallel.isdigit()):
            return dataclasses.replace(
                kind, parallel=int(parallel or kind.parallel))
    return None
