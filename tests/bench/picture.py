"""Pictures of the results, as SVG with the colours of gather's own charts."""

import html
import math
import statistics

import growth

WIDTH = 900
PANEL = 440       # the width of one of two panels beside each other
LABEL = 128       # where labels end, in a panel
BARS = 190        # the width of bars
LINE = 21         # from one bar to the next
CUT = 4           # a bar is at most so many times as long as that of gather
PLOT_HEIGHT = 170

STYLE = """
.bench text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",\
"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;fill:#1f2328}
.bench .ground{fill:#fff}
.bench .dim{fill:#59636e;font-size:12px}
.bench .name{font-weight:600}
.bench .end{text-anchor:end}
.bench .middle{text-anchor:middle}
.bench path{fill:none}
.bench .grid{stroke:#d1d9e0}
.bench .bar{fill:#2f6fbd}
.bench .best{fill:#12805c}
.bench .cut{stroke:#fff;stroke-width:3}
.bench .dot{fill:#1f2328;opacity:.5}
.bench .l0{stroke:#2f6fbd;stroke-width:2.5}
.bench .l1{stroke:#12805c;stroke-width:2.5;stroke-dasharray:8 3}
.bench .l2{stroke:#b35900;stroke-width:2.5;stroke-dasharray:2 3}
@media screen and (prefers-color-scheme:dark){
.bench text{fill:#e6edf3}
.bench .ground{fill:#0d1117}
.bench .dim{fill:#9198a1}
.bench .grid{stroke:#30363d}
.bench .bar{fill:#5a9cf0}
.bench .best{fill:#2fbf8f}
.bench .cut{stroke:#0d1117}
.bench .dot{fill:#e6edf3}
.bench .l0{stroke:#5a9cf0}
.bench .l1{stroke:#2fbf8f}
.bench .l2{stroke:#f0a040}
}
"""


def text(x, y, content, classes=""):
    kind = f' class="{classes}"' if classes else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}">{html.escape(content)}</text>'


def svg(height, title, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="bench" '
            f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
            f'height="{height:.0f}" role="img">\n'
            f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n"
            f'<rect class="ground" width="{WIDTH}" height="{height:.0f}"/>\n'
            + "\n".join(parts) + "\n</svg>\n")


def in_columns(panels):
    """Place (height, function of x and y) two beside each other. The height
    of all, and their parts."""
    parts, y = [], 14
    for i in range(0, len(panels), 2):
        pair = panels[i:i + 2]
        for column, (_, draw) in enumerate(pair):
            parts += draw(column * (PANEL + 16) + 2, y)
        y += max(height for height, _ in pair) + 14
    return y, parts


# --- bars -----------------------------------------------------------------

def whole_list(result, client, run):
    """What a run says about the whole list: seconds, or MB."""
    if result["shows"] == "memory":
        return run["memory"]
    return run["wall"] / client["n"] * result["n"]


def show_value(result, value):
    if result["shows"] == "memory":
        return f"{value:,.0f} MB"
    return f"{value:.2f} s" if value < 100 else f"{value:,.0f} s"


def bar_panel(result):
    """(height, function) of a kind of work."""
    values = {c["name"]: [whole_list(result, c, run) for run in c["runs"]]
              for c in result["clients"]}
    base = statistics.median(next(iter(values.values())))
    most = min(max(max(v) for v in values.values()), CUT * base)

    def draw(x, y):
        parts = [text(x + 8, y + 14, result["title"], "name"),
                 text(x + 8, y + 30, f"{result['n']:,} requests, "
                      f"{result['parallel']:,} in flight", "dim")]
        order = sorted(values, key=lambda n: statistics.median(values[n]))
        for i, name in enumerate(order):
            parts += bar(x, y + 40 + i * LINE, name, values[name])
        return parts

    def bar(x, y, name, runs):
        value = statistics.median(runs)
        width = max(1, BARS * min(value, most) / most)
        left = x + LABEL + 8
        parts = [
            text(x + LABEL, y + 14, name, "end"),
            f'<rect class="{"best" if name.startswith("gather") else "bar"}" '
            f'x="{left}" y="{y + 3}" width="{width:.1f}" height="14" '
            'rx="2"/>']
        if value > most:
            at = left + width - 14
            parts.append(f'<path class="cut" d="M{at:.1f} {y + 19}l6 -18"/>')
        parts += [f'<circle class="dot" cx="{left + BARS * v / most:.1f}" '
                  f'cy="{y + 10}" r="2"/>' for v in runs if v <= most]
        reach = left + max([width] + [BARS * v / most for v in runs
                                      if v <= most])
        parts.append(
            f'<text x="{reach + 7:.1f}" y="{y + 14}">'
            f"{show_value(result, value)}"
            f'<tspan class="dim" dx="6">{value / base:.2f} x</tspan></text>')
        return parts

    return 40 + len(values) * LINE, draw


def draw_bars(results, path):
    height, parts = in_columns([bar_panel(r) for r in results])
    path.write_text(svg(height, "What each client takes", parts),
                    encoding="utf-8")


# --- curves ---------------------------------------------------------------

def curve_panel(title, unit, curves, value=growth.middle, suffix="µs"):
    """(height, function) of curves of `value` on a logarithmic axis of sizes
    and one that begins at 0: what is flat looks flat."""
    sizes = sorted({p["size"] for c in curves for p in c["points"]})
    most = max([value(p) for c in curves for p in c["points"]] + [0.001])
    step = axis_step(most / 4)
    top = math.ceil(most / step) * step
    span = math.log10(sizes[-1] / sizes[0]) or 1
    height = 40 + PLOT_HEIGHT + 24 + 18 * len(curves)

    def draw(x, y):
        left, bottom, width = x + 60, y + 40 + PLOT_HEIGHT, PANEL - 96

        def across(size):
            part = math.log10(size / sizes[0]) / span
            return left + 12 + part * (width - 24)

        def place(p):
            return across(p["size"]), bottom - value(p) / top * PLOT_HEIGHT

        parts = [text(x + 8, y + 14, title, "name"),
                 text(left + width, y + 32, unit, "dim end")]
        for i in range(round(top / step) + 1):
            at = bottom - i * step / top * PLOT_HEIGHT
            parts.append(f'<path class="grid" d="M{left} {at:.1f}h{width}"/>')
            parts.append(text(left - 6, at + 4, f"{i * step:g} {suffix}",
                              "dim end"))
        parts += [text(across(size), bottom + 16, short(size), "dim middle")
                  for size in sizes]
        for i, c in enumerate(curves):
            parts += curve(i, [place(p) for p in c["points"]])
            row = bottom + 36 + 18 * i
            parts.append(f'<path class="l{i}" d="M{left} {row - 4}h28"/>')
            parts.append(text(left + 36, row, c["title"], "dim"))
        return parts

    return height, draw


def curve(number, places):
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return [f'<path class="l{number}" d="M{line}"/>'] + [
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        for x, y in places]


def axis_step(least):
    """1, 2 or 5 times a power of ten."""
    decade = 10 ** math.floor(math.log10(least))
    return next(f * decade for f in (1, 2, 5, 10) if f * decade >= least)


def short(number):
    for size, letter in ((1000000, "M"), (1000, "k")):
        if number >= size:
            return f"{number // size}{letter}"
    return str(number)


def draw_curves(results, path):
    units = {}
    for result in results:
        units.setdefault(result["unit"], []).append(result)
    titles = {"requests": "CPU time of a request",
              "origins": "CPU time of a request and its connection",
              "columns": "CPU time of a column"}
    panels = [curve_panel(titles[unit], unit, curves)
              for unit, curves in units.items()]
    lists = [r for r in results if r["unit"] != "columns"]
    if lists:
        panels.append(curve_panel("Memory", "requests, origins", lists,
                                  lambda p: p["memory"], "MB"))
    height, parts = in_columns(panels)
    path.write_text(svg(height, "What one more costs", parts),
                    encoding="utf-8")


def draw_all(results, folder):
    """bench.svg and growth.svg, of what was measured."""
    shown = [r for r in results["kinds"] if r["pinned"]] or results["kinds"]
    if shown:
        draw_bars(shown, folder / "bench.svg")
    if results["growth"]:
        draw_curves(results["growth"], folder / "growth.svg")
