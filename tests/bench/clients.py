"""The ways to fetch a list that are compared: what is typed for each.

Commands are for sh. `fetch` prints all bodies; `filter` prints the member
"name" of each element of large documents, a line each. What braces stand for
is in measure.py; options for TLS and gzip are put in where a kind of work has
them."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

import machine

JQ = "jq -r '.[].name'"


def size(path):
    return path.stat().st_size


def sum_of_records(path):
    with open(path, encoding="utf-8") as f:
        return sum(json.loads(line)["size_download"] for line in f)


def number_before_bytes(path):
    return int(path.read_text(encoding="ascii").split()[-2])


@dataclasses.dataclass
class Client:
    """A way to fetch a list."""
    name: str
    fetch: str
    filter: str = ""
    tls: str = ""
    gzip: str = ""
    no_gzip: str = ""
    count: object = size  # bytes of bodies, from what it printed
    is_mute: bool = False  # it prints nothing
    share: float = 1.0     # of the list, since it is slow
    kinds: tuple = ()      # of work; (): all
    leaves_out: dict = dataclasses.field(default_factory=dict)  # kind: why
    most_in_flight: int = 0
    is_threaded: bool = False  # its threads are looked at
    missing: str = ""          # why it cannot run


def has_aiohttp():
    return subprocess.run(["/usr/bin/python3", "-c", "import aiohttp"],
                          stderr=subprocess.DEVNULL, check=False
                          ).returncode == 0


def unless(is_there, name):
    return "" if is_there else f"{name}: not installed"


def make_bare(folder):
    program = folder / "tests/bench/bare"
    return Client(
        "bare", f"{program} {{P}} {{tls}} < {{list}}", tls="{ca}",
        count=number_before_bytes,
        leaves_out={"delays": "it keeps 256 connections"})


def knows_threads(program):
    return subprocess.run([program, "--threads", "1", "--version"],
                          capture_output=True, check=False).returncode == 0


def make_gather(folder, name, threads, output="", **more):
    program = folder / "gather"
    options = f"-q -s -P {{P}} {{tls}} {{gzip}} {output}"
    if knows_threads(program):
        options += f" --threads {threads}"
    elif threads != "1":
        more["missing"] = f"{name}: it knows no --threads"
    return Client(
        name, f"{program} {options} @{{list}}",
        f"{program} {options} -j '$[*].name' @{{list}}",
        tls="--cacert {ca}", gzip="--compressed", is_threaded=threads != "1", **more)


def make_curl(program, name=None):
    number = machine.version(program, "--version")
    name = name or f"curl {number}"
    major = int(number.split(".")[0] or 0)
    fetch = f"{program} -q -s -Z --parallel-max {{P}} {{tls}} {{gzip}}"
    return Client(
        f"{name} -Z", f"{fetch} -K {{list}}.curl",
        f"{fetch} --create-dirs -K {{list}}.files; "
        f"cat files/* | {JQ}; rm -r files",
        tls="--cacert {ca}", gzip="--compressed",
        most_in_flight=300 if major < 8 else 0,
        missing=unless(shutil.which(program), name))


def make_newer_curl(folder):
    """$CURL, or what tests/bench/newer-curl made."""
    program = os.environ.get("CURL") or str(folder / "newer-curl/curl")
    if not shutil.which(program):
        return Client("a newer curl -Z", "", missing="a newer curl: "
                      "tests/bench/newer-curl makes one")
    return make_curl(program)


def make_wget2():
    options = "--max-threads {P} {tls} {gzip} -i {list}"
    return Client(
        "wget2", f"wget2 -q -O {{sink}} {options}{{then}}",
        f"wget2 -q -P files {options}; cat files/* | {JQ}; rm -r files",
        tls="--ca-certificate={ca}", gzip="--compression=gzip",
        no_gzip="--no-compression", is_mute=True,
        missing=unless(shutil.which("wget2"), "wget2"))


def make_go(folder):
    program = folder / "tests/bench/fetch"
    return Client(
        "Go", f"{program} -p {{P}} {{tls}} {{gzip}} {{list}}",
        f"{program} -p {{P}} {{tls}} {{gzip}} -names {{list}}",
        tls="-ca {ca}", gzip="-gzip",
        missing=unless(program.exists(), "Go"))


def make_aiohttp():
    program = (f"/usr/bin/python3 {machine.HERE / 'fetch_aiohttp.py'} "
               "-p {P} {tls} {gzip}")
    return Client(
        "aiohttp", f"{program} {{list}}", f"{program} --names {{list}}",
        tls="--ca {ca}", gzip="--gzip", share=0.2,
        leaves_out={"http2": "it has no HTTP/2", "million": "slow"},
        missing=unless(has_aiohttp(), "aiohttp"))


def make_aria2():
    return Client(
        "aria2",
        "aria2c -q -j {P} -d files -i {list}; cat files/*; rm -r files",
        share=0.02, kinds=("small",),
        missing=unless(shutil.which("aria2c"), "aria2"))


def make_xargs():
    each = f'curl -q -s {{gzip}} "$0" | {JQ.replace(chr(39), chr(34))}'
    return Client(
        "xargs curl", "xargs -n 1 -P {P} curl -q -s < {list}",
        f"xargs -n 1 -P {{P}} sh -c '{each}' < {{list}}",
        gzip="--compressed", share=0.02, kinds=("small", "json", "gzip"),
        missing=unless(shutil.which("curl"), "curl"))


def make_clients(folder):
    """All, gather first: it is what the others are compared with."""
    return [
        make_gather(folder, "gather", "1"),
        make_gather(folder, "gather auto", "auto"),
        make_gather(folder, "gather 2 threads", "2", kinds=("million",)),
        make_gather(folder, "gather records", "1", "--format ndjson",
                    count=sum_of_records,
                    leaves_out={k: "" for k in ("json", "gzip")}),
        make_bare(folder),
        make_wget2(),
        make_go(folder),
        make_newer_curl(folder),
        make_curl("curl"),
        make_aiohttp(),
        make_aria2(),
        make_xargs(),
    ]
