"""What the experiments stand on: redis, a server that notes arrivals, workers."""
import collections
import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ENGINE = next((p for p in ("redis-server", "valkey-server")
               if shutil.which(p)), None)


class Broken(Exception):
    """Something that was promised is not so."""


def expect(holds, text):
    if not holds:
        raise Broken(text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"{what}: waited {seconds} s in vain")
        time.sleep(0.02)


def preloaded(name, folder):
    """Compile NAME.c for LD_PRELOAD."""
    library = folder / f"{name}.so"
    if not library.exists():
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library,
                        HERE / f"{name}.c"], check=True)
    return str(library)


class Redis:
    """A server that is killed and comes back with what it has on disk."""

    def __init__(self, folder, *options, environment=None):
        expect(ENGINE, "there is no redis-server")
        self.folder = folder
        self.options = options or ("--appendonly", "yes",
                                   "--appendfsync", "everysec")
        self.environment = {**os.environ, **(environment or {})}
        self.port = free_port()
        self.process = None
        folder.mkdir(exist_ok=True)
        self.start()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [ENGINE, "--port", str(self.port), "--bind", "127.0.0.1",
                 "--dir", str(self.folder), "--save", "", *self.options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=self.environment)
        wait_for("redis", lambda: self.ask("PING") == "PONG")

    def ask(self, *words):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                command = b"*%d\r\n" % len(words)
                for word in words:
                    data = str(word).encode()
                    command += b"$%d\r\n%s\r\n" % (len(data), data)
                s.sendall(command)
                with s.makefile("rb") as reply:
                    line = reply.readline().decode().rstrip()
                    if line.startswith("$") and line != "$-1":
                        return reply.read(int(line[1:])).decode()
                    return line[1:]
        except OSError:
            return None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def restart(self):
        self.kill()
        self.start()

    def cpu(self):
        """Seconds of CPU so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(
            encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def url(self, name):
        return f"redis://127.0.0.1:{self.port}/0?name={name}"


class Stamps:
    """The server of stamps.py, with what it has noted."""

    def __init__(self, folder, delay=0.0):
        self.log = folder / f"stamps.{free_port()}"
        self.process = subprocess.Popen(
            [sys.executable, HERE / "stamps.py", str(delay), self.log],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.base = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def requests(self):
        """(moment, method, target) of each, in the order of arrival."""
        found = []
        with open(self.log, encoding="ascii") as log:
            for line in log:
                moment, method, target = line.split()
                found.append((float(moment), method, target))
        return sorted(found)

    def visits(self):
        return collections.Counter(r[2] for r in self.requests())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Queue:
    """One queue, as the commands see it."""

    def __init__(self, folder, redis, name):
        self.folder, self.redis, self.name = folder, redis, name
        self.workers = []
        self.started = 0

    def command(self, *words):
        return ["gather", "-s", "--queue", self.redis.url(self.name), *words]

    def run(self, *words, status=0, **more):
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False,
                              **more)
        expect(status is None or done.returncode == status,
               f"{' '.join(words)}: exit {done.returncode}, {done.stderr}")
        return done

    def feed(self, lines):
        path = self.folder / f"{self.name}.list"
        with open(path, "w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)
        self.run("--feed", f"@{path}")

    def status(self):
        return json.loads(self.run("--queue-status").stdout)

    def results(self, *words, status=0):
        done = self.run("--results", *words,
                        status=status)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def work(self, *words, environment=None):
        self.started += 1
        with open(self.folder / f"{self.name}.worker.{self.started}", "wb") as e:
            worker = subprocess.Popen(
                self.command("--work", *words), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=e,
                env={**os.environ, **(environment or {})})
        worker.messages = self.folder / f"{self.name}.worker.{self.started}"
        self.workers.append(worker)
        return worker

    def alive(self):
        return [w for w in self.workers if w.poll() is None]

    def end(self, seconds=600):
        """Wait until the workers have ended; each must be content."""
        for worker in self.workers:
            try:
                status = worker.wait(seconds)
            except subprocess.TimeoutExpired as hung:
                raise Broken(f"a worker hangs: {self.status()}") from hung
            expect(status in (0, -signal.SIGKILL),
                   f"a worker ends with {status}: "
                   + worker.messages.read_text(encoding="utf-8"))

    def stop(self):
        for worker in self.alive():
            with contextlib.suppress(OSError):
                worker.send_signal(signal.SIGCONT)
                worker.kill()
        for worker in self.workers:
            worker.wait()


class Site:
    """What an experiment has: a folder, a redis, and servers of its own."""

    def __init__(self, stack, options):
        self.folder = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory()))
        self.stack = stack
        self.options = options
        self.rng = random.Random(options.seed)
        self.names = 0

    def redis(self, *options, environment=None):
        redis = Redis(self.folder / f"redis.{free_port()}", *options,
                      environment=environment)
        self.stack.callback(redis.kill)
        return redis

    def stamps(self, delay=0.0):
        stamps = Stamps(self.folder, delay)
        self.stack.callback(stamps.close)
        return stamps

    def queue(self, redis, lines):
        self.names += 1
        queue = Queue(self.folder, redis, f"q{self.names}")
        self.stack.callback(queue.stop)
        queue.feed(lines)
        return queue


def each_once(records, count):
    """Has each of `count` inputs one record?"""
    seen = collections.Counter(r["n"] for r in records)
    twice = [n for n, times in seen.items() if times > 1]
    missing = [n for n in range(1, count + 1) if n not in seen]
    expect(not twice, f"{len(twice)} inputs have several records: {twice[:9]}")
    expect(not missing, f"{len(missing)} have none: {missing[:9]}")
    expect(len(seen) == count, f"{len(seen)} records of {count} inputs")


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def kill_one(queue, rng=random):
    alive = queue.alive()
    if alive:
        rng.choice(alive).kill()
    return bool(alive)
