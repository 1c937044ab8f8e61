"""The figures of the README, between two comments."""

import textwrap

import machine
import tables

BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
SHOWN = ("gather", "gather auto", "bare", "wget2", "Go", "aiohttp")

INTRODUCTION = """\
Seconds for the whole list, or megabytes: first with one core for the client and
another one for the server, then with nothing pinned; medians of {rounds}
interleaved rounds. Only the ratios mean anything. `bare` is the least that
libcurl and libevent can do; `gather auto` has `--threads auto`. `scripts/bench
--readme` measured this {machine}.
"""


def chosen(results):
    """The names of the clients that have a column."""
    names = []
    for result in results:
        names += [c["name"] for c in result["clients"]
                  if c["name"] not in names]
    newest = [n for n in names if n.startswith("curl ")][:1]
    return [n for n in names if n in SHOWN or n in newest]


def title(result):
    return (f"{result['title']}: {result['n']:,}, "
            f"{result['parallel']:,} in flight")


def fill(results, path):
    """Put the figures into the README."""
    kinds = results["kinds"]
    pairs = {}
    for result in kinds:
        pairs.setdefault(title(result), []).append(result)
    names = chosen(kinds)
    rows = [["", *names], ["---"] * (len(names) + 1)]
    for name, both in pairs.items():
        cells = [[tables.cell(r, n) for r in both] for n in names]
        rows.append([name, *(" · ".join(filter(None, c)) for c in cells)])
    table = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    words = INTRODUCTION.format(
        rounds=max(r["rounds"] for r in kinds),
        machine=machine.in_words(results["machine"]))
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(before + BEGIN + textwrap.fill(words, 80) + "\n\n" + table + "\n"
                    + "![Seconds that each client takes, as bars]"
                    "(doc/bench.svg)\n\n"
                    + "What one more request, origin or column costs:\n\n"
                    "![Curves of the CPU time](doc/growth.svg)\n"
                    + END + after, encoding="utf-8")
