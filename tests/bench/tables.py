"""Results as text for a terminal, and as Markdown."""

import statistics


def median(client, key):
    return statistics.median(run[key] for run in client["runs"])


def per_request(client, key):
    """Microseconds."""
    return median(client, key) / client["n"] * 1e6


def spread(client, key):
    """Half of the range, as a part of the median."""
    values = [run[key] for run in client["runs"]]
    middle = statistics.median(values)
    return (max(values) - min(values)) / 2 / middle if middle else 0


def ratio(client, base, key):
    """Of what a request takes."""
    least = per_request(base, key)
    return per_request(client, key) / least if least else 0


def heading(result):
    where = ("client and server have a core each" if result["pinned"]
             else "nothing is pinned")
    rounds = result["rounds"]
    return (f"{result['name']}: {result['title']}: {result['n']:,} requests, "
            f"{result['parallel']:,} in flight\n{where}; "
            + (f"medians of {rounds} interleaved rounds" if rounds > 1
               else "one round"))


def show_client(client, base):
    return (f"{client['name']:17}{client['n']:8}"
            f"{median(client, 'wall'):8.2f} ±{spread(client, 'wall'):4.0%}"
            f"{median(client, 'cpu'):8.2f} ±{spread(client, 'cpu'):4.0%}"
            f"{per_request(client, 'cpu'):8.1f}{median(client, 'memory'):7.1f}"
            + "".join(f"{ratio(client, base, key):6.2f}x"
                      for key in ("wall", "cpu")))


def main_share(client):
    """The sentence about the threads of gather, or nothing."""
    shares = [run["main"] for run in client["runs"] if run.get("main")]
    if not shares:
        return ""
    return (f"{client['name']}: its main loop uses "
            f"{statistics.median(shares):.0%} of its CPU time\n")


def as_text(result):
    base = result["clients"][0]
    lines = [
        heading(result), "",
        f"{'client':17}{'requests':>8}{'wall s':>8}{'':6}{'CPU s':>8}{'':6}"
        f"{'us each':>8}{'MB':>7}{'wall':>7}{'CPU':>7}"]
    lines += [show_client(c, base) for c in result["clients"]]
    return ("\n".join(lines) + "\n"
            + "".join(main_share(c) for c in result["clients"])
            + "".join(f"left out: {why}\n" for why in result["left_out"]))


def cell(result, name):
    """What a client needed of what the kind of work is about: seconds for the
    whole list, or memory."""
    found = [c for c in result["clients"] if c["name"] == name]
    if not found:
        return ""
    if result["shows"] == "memory":
        return f"{median(found[0], 'memory'):,.0f} MB"
    took = per_request(found[0], "wall") * result["n"] / 1e6
    return f"{took:.2f}" if took < 100 else f"{took:,.0f}"
