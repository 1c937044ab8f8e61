"""What a request, an origin and a column cost as their number grows. Flat is
the aim: a list that is a thousand times as long takes a thousand times as long,
and no more memory."""

import dataclasses
import re
import shutil
import statistics
import subprocess

import measure

PARALLEL = 64
NAMES = ("requests", "origins", "rows", "fields", "extract")
ORIGIN_REQUESTS = 100000
SIMULATED_MAX = 100000  # requests, under valgrind
ROWS = 20               # of all tables, so that set-up is the same part
QUICK = 0.1  # a scale below which nothing is repeated or simulated
MANY = [1000, 10000, 100000]


@dataclasses.dataclass
class Run:
    """What one run of gather does: `units` times what is counted."""
    arguments: str
    units: int


@dataclasses.dataclass
class Series:
    """`run` and `base` make the runs for a size; what the first costs beyond
    the second, divided by their difference in units, is the cost."""
    name: str
    title: str
    unit: str
    sizes: list
    run: object
    base: object
    rounds: object  # of a size
    is_simulated: object = lambda size: True


class Maker:
    """Writes lists and tables, each once, and says how to fetch them."""

    def __init__(self, folder, server, scale):
        self.folder, self.server, self.scale = folder, server, scale
        (server.folder / "columns").mkdir(exist_ok=True)

    def file(self, name, lines):
        path = self.folder / name
        if not path.exists():
            with open(path, "w", encoding="ascii") as f:
                f.writelines(lines())
        return path

    def requests(self, size):
        url = f"http://127.0.0.1:{self.server.plain}/items"
        path = self.file(f"requests-{size}", lambda: (
            f"{url}/{n:08}\n" for n in range(size)))
        return Run(f"--format ndjson @{path}", size)

    def origin(self, number):
        return (f"127.{2 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
                f":{self.server.any}")

    def origins(self, size, count=0):
        """Each request has a connection of its own, however many origins
        there are: what differs is their number alone."""
        count = count or max(100, int(ORIGIN_REQUESTS * self.scale))
        path = self.file(f"origins-{size}-{count}", lambda: (
            f"http://{self.origin(n % size)}/items/{n:08}\n"
            for n in range(count)))
        return Run(f"--format ndjson -H 'Connection: close' @{path}", count)

    def table(self, columns):
        return self.file(f"table-{columns}.csv", lambda: (
            ",".join(f"c{c}" if row < 0 else f"{row:03}{c}"
                     for c in range(columns)) + "\n"
            for row in range(-1, ROWS)))

    def rows(self, size):
        return Run(f"--format ndjson --rows {self.table(size)} "
                   f"http://127.0.0.1:{self.server.plain}/items/{{{{c0}}}}",
                   ROWS * size)

    def fields(self, size):
        names = self.file(f"fields-{size}", lambda: [
            "fields = " + ",".join(f"c{c}" for c in range(size)) + "\n"])
        return Run(f"--format csv --rows {self.table(size)} -K {names} "
                   f"http://127.0.0.1:{self.server.plain}/items/{{{{c0}}}}",
                   ROWS * size)

    def extract(self, size):
        paths = self.file(f"extract-{size}", lambda: (
            f"extract = c{c}=$.c{c}\n" for c in range(size)))
        self.file(self.server.folder / f"columns/{size}", lambda: [
            "{" + ",".join(f'"c{c}":{c}' for c in range(size)) + "}\n"])
        return Run(f"--format csv -K {paths} 'http://127.0.0.1:"
                   f"{self.server.plain}/columns/{size}?[1-{ROWS}]'",
                   ROWS * size)


def rounds_of_columns(size):
    return max(5, min(15, 15000 // size))


def all_series(m):
    return [
        Series("requests", "a request of a list", "requests",
               [1000, 10000, 100000, 1000000, 10000000], m.requests,
               lambda _: m.requests(1),
               lambda size: max(1, min(15, 300000 // size)),
               lambda size: size <= SIMULATED_MAX * m.scale),
        Series("origins", "a request with a connection of its own",
               "origins", [1, 10, 100, 1000, 10000, 100000], m.origins,
               lambda _: m.origins(1, 1), lambda size: 3, lambda size: False),
        Series("rows", "a column of --rows, as NDJSON", "columns", MANY,
               m.rows, lambda _: m.rows(1), rounds_of_columns),
        Series("fields", "a column of --rows and --fields, as CSV",
               "columns", MANY, m.fields, lambda _: m.fields(1),
               rounds_of_columns),
        Series("extract", "a value of -j, as CSV", "columns", MANY,
               m.extract, lambda _: m.extract(1), rounds_of_columns),
    ]


class Bench:
    """Runs gather in one way or the other."""

    def __init__(self, build, how):
        self.how = how
        self.gather = f"{build}/gather -q -s -P {PARALLEL}"

    def measure(self, run):
        figures, _ = measure.run_command(f"{self.gather} {run.arguments}",
                                         self.how, False)
        errors = (self.how.folder / "errors").read_text()
        if errors:
            raise SystemExit(f"{run.arguments}\n{errors[:2000]}")
        return figures

    def instructions(self, run):
        log = self.how.folder / "valgrind.log"
        subprocess.run(
            ["sh", "-c", "exec valgrind --tool=callgrind "
             "--callgrind-out-file=/dev/null "
             f"--log-file={log} {self.gather} {run.arguments}"],
            stdout=subprocess.DEVNULL, check=False, cwd=self.how.folder)
        return int(re.search(r"Collected : (\d+)", log.read_text()).group(1))


def point(bench, series, size):
    """The cost of a unit at this size."""
    is_quick = bench.how.scale < QUICK
    run, base = series.run(size), series.base(size)
    units = run.units - base.units
    costs, memory = [], []
    for _ in range(1 if is_quick else series.rounds(size)):
        measure.say(f"{series.name}, {size:,} {series.unit}")
        less, more = bench.measure(base), bench.measure(run)
        costs.append((more["cpu"] - less["cpu"]) / units * 1e6)
        memory.append(more["memory"])
    found = {"size": size, "costs": costs,
             "memory": statistics.median(memory)}
    if (series.is_simulated(size) and not is_quick
            and shutil.which("valgrind")):
        measure.say(f"{series.name}, {size:,} {series.unit}: valgrind")
        found["instructions"] = (bench.instructions(run)
                                 - bench.instructions(base)) / units
    return found


def sizes_of(series, scale):
    """Those that are measured. Wide tables are as quick as narrow ones."""
    if series.unit == "columns" and scale >= QUICK:
        return series.sizes
    return [s for s in series.sizes
            if s <= max(max(series.sizes) * scale, series.sizes[0])]


def run(options, folder, server, keep):
    how = measure.Options(options.rounds, options.scale, folder)
    bench = Bench(keep.build, how)
    with server.running(True):
        for series in all_series(Maker(folder, server, options.scale)):
            if options.kinds and series.name not in options.kinds:
                continue
            sizes = sizes_of(series, options.scale)
            result = {
                "name": series.name, "title": series.title,
                "unit": series.unit,
                "points": [point(bench, series, size) for size in sizes]}
            measure.say("")
            keep("growth", result)
            print(as_text(result), flush=True)


def middle(found):
    return statistics.median(found["costs"])


def as_text(result):
    lines = [f"growth: CPU time of {result['title']}", "",
             f"{result['unit']:>12}{'CPU us each':>13}{'':7}"
             f"{'instructions':>14}{'MB':>9}"]
    for p in result["points"]:
        spread = (max(p["costs"]) - min(p["costs"])) / 2 / middle(p)
        count = p.get("instructions")
        lines.append(f"{p['size']:12,}{middle(p):13.3f} ±{spread:5.0%}"
                     f"{format(count, '14,.0f') if count else '':>14}"
                     f"{p['memory']:9.1f}")
    return "\n".join(lines) + "\n"
