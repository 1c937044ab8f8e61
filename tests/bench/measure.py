"""Runs of a client: time, memory, and whether it fetched what it should."""

import contextlib
import dataclasses
import itertools
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.request

import machine
import servers

SAMPLE_S = 0.02
SLOW = 0.1  # the share of clients that do not gain by more in flight ...
FEW = 64    # ... than these


@dataclasses.dataclass
class Options:
    """How to measure."""
    rounds: int
    scale: float
    folder: pathlib.Path  # temporary
    is_pinned: bool = True


def say(text):
    """What it is doing, for whoever watches."""
    if sys.stderr.isatty():
        print(f"\r{text[:79]:79}\r", end="", file=sys.stderr, flush=True)


class Threads(threading.Thread):
    """Looks at what the threads of gather have used, until it is gone."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.root, self.ticks = pid, {}
        self.start()

    def find(self, pid):
        """gather, somewhere below that process."""
        path = pathlib.Path("/proc", str(pid))
        if (path / "comm").read_text().strip() == "gather":
            return path
        for children in path.glob("task/*/children"):
            for child in children.read_text().split():
                found = self.find(child)
                if found:
                    return found
        return None

    def look(self, process):
        for task in (process / "task").iterdir():
            fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
            self.ticks[task.name] = int(fields[11]) + int(fields[12])

    def run(self):
        process = None
        with contextlib.suppress(OSError):
            for _ in range(100):
                process = process or self.find(self.root)
                time.sleep(SAMPLE_S / 4)
                if process:
                    break
            while process:
                self.look(process)
                time.sleep(SAMPLE_S)

    def main_share(self):
        """What part of the CPU time the main thread used; None: it is the
        only one that did anything."""
        total = sum(self.ticks.values())
        if sum(ticks > 0 for ticks in self.ticks.values()) < 2:
            return None
        return self.ticks[min(self.ticks, key=int)] / total


class Work:
    """A kind of work for one client: its list and its command."""

    def __init__(self, kind, client, server, options):
        self.kind, self.client, self.options = kind, client, options
        share = 1 if kind.is_whole else client.share
        self.n = max(1, round(kind.n * options.scale * share))
        self.list = options.folder / f"list-{self.n}"
        self.write_lists(server)
        self.command = self.make_command(server)
        self.runs = []

    def write_lists(self, server):
        """The list as clients want it: curl takes a file of options."""
        with open(self.list, "w", encoding="ascii") as plain, \
                open(f"{self.list}.curl", "w", encoding="ascii") as curl, \
                open(f"{self.list}.files", "w", encoding="ascii") as files:
            for number, url in enumerate(
                    itertools.islice(self.kind.urls(server), self.n)):
                plain.write(f"{url}\n")
                curl.write(f'url = "{url}"\n')
                files.write(f'url = "{url}"\noutput = files/{number:07}\n')

    def make_command(self, server):
        kind, client = self.kind, self.client
        # What a server cannot count has to be seen in the output.
        is_shown = not kind.counts_requests
        values = {
            "P": kind.parallel, "list": self.list, "ca": server.ca,
            "sink": "got" if is_shown else "/dev/null",
            "then": "; cat got; rm got" if is_shown else "",
        }
        values["tls"] = client.tls.format(**values) if kind.is_tls else ""
        values["gzip"] = client.gzip if kind.is_gzip else client.no_gzip
        text = client.filter if kind.is_filter else client.fetch
        return text.format(**values)

    def is_counted(self):
        """Does its output show how many bytes it fetched?"""
        return not (self.kind.discards or (
            self.client.is_mute and self.kind.counts_requests
            and not self.kind.is_filter))

    def counted(self, out):
        """The bytes of its bodies, or of what it filtered."""
        if self.kind.is_filter:
            return out.stat().st_size
        return self.client.count(out)

    def expected(self, first):
        return len(first) * self.n

    def run(self, server, first):
        """Run it once; stops all if it did not fetch what it should."""
        before = server.requests()
        figures, out = run_command(self.command, self.options,
                                   self.is_counted(),
                                   self.client.is_threaded
                                   and not self.options.is_pinned)
        asked = server.requests() - before
        if self.kind.counts_requests and asked != self.n:
            self.fail(f"made {asked} requests, not {self.n}")
        if self.is_counted() and self.counted(out) != self.expected(first):
            self.fail(f"has {self.counted(out)} bytes, "
                      f"not {self.expected(first)}")
        self.runs.append(figures)

    def fail(self, what):
        errors = (self.options.folder / "errors").read_text()[-2000:]
        sys.exit(f"\n{self.kind.name}: {self.client.name} {what}\n"
                 f"{self.command}\n{errors}")


def run_command(command, options, keeps_output=True, is_threaded=False):
    """Wall and CPU seconds, memory in MB, the share of the main thread, and
    the file with the output."""
    folder = options.folder
    out = folder / "out"
    # The shell is tiny, so that it isn't the larger one of the two.
    timed = ["/usr/bin/time", "-q", "-o", folder / "time", "-f", "%M",
             "sh", "-c", f"exec 2> errors; {command}"]
    begin = time.monotonic()
    with open(out if keeps_output else os.devnull, "wb") as f:
        process = subprocess.Popen(
            (machine.core(1) if options.is_pinned else []) + timed, stdout=f,
            cwd=folder, env=os.environ | {"HOME": str(folder)})
        threads = Threads(process.pid) if is_threaded else None
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    memory = int((folder / "time").read_text())
    figures = {"wall": wall, "cpu": used.ru_utime + used.ru_stime,
               "memory": memory / 1024}
    if threads:
        figures["main"] = threads.main_share()
    return figures, out


def answer_of(kind, server):
    """What the first request of a list comes to, filtered where that is the
    work."""
    if kind.is_filter:
        return "".join(f"item {n}\n" for n in range(servers.ELEMENTS)).encode()
    url = next(kind.urls(server))
    if kind.is_tls:  # the same bodies are served without TLS
        url = f"http://127.0.0.1:{server.plain}/{url.split('/', 3)[3]}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def left_out(client, kind):
    """Why a client does not do this work: "NAME: REASON", or "" where nobody
    expects it to; None: it does."""
    if client.missing:
        return client.missing
    if kind.name in client.leaves_out:
        why = client.leaves_out[kind.name]
        return f"{client.name}: {why}" if why else ""
    if client.kinds and kind.name not in client.kinds or (
            kind.is_filter and not client.filter):
        return ""
    if client.share < SLOW and kind.parallel > FEW and not kind.is_filter:
        return ""
    if 0 < client.most_in_flight < kind.parallel:
        return f"{client.name}: {client.most_in_flight} in flight at most"
    return None


def run_kind(kind, clients, server, options):
    """All rounds of a kind of work, interleaved: what tables.py shows."""
    works, reasons = [], []
    for client in clients:
        why = left_out(client, kind)
        if why is None:
            works.append(Work(kind, client, server, options))
        elif why:
            reasons.append(why)
    rounds = min(kind.rounds or options.rounds, options.rounds)
    answer = answer_of(kind, server)
    for number in range(rounds):
        for work in works:
            say(f"{kind.name}, round {number + 1} of {rounds}: "
                f"{work.client.name}")
            work.run(server, answer)
    say("")
    return {
        "name": kind.name, "title": kind.title, "parallel": kind.parallel,
        "n": max(1, round(kind.n * options.scale)), "rounds": rounds,
        "pinned": options.is_pinned, "shows": kind.shows,
        "left_out": reasons,
        "clients": [{"name": w.client.name, "n": w.n, "runs": w.runs}
                    for w in works],
    }
