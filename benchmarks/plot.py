#!/usr/bin/env python3
"""Draws what ottava_bench has written with --benchmark_out=FILE.json, as SVG for light and dark pages:

  squares.svg  GOPS over the size of the squares of shapes/squares.txt, one thread, ottava's tiers and the peers
  ratios.svg   ottava's best tier by each peer, shape by shape, one thread
  threads.svg  speed on several threads by that on one, ottava's best tier and the peers

and of the layers of networks (--networks):

  layers-<network>.svg  ottava's best tier by each peer, layer by layer, one thread
  networks.svg          milliseconds of whole networks, on each number of threads

Hollow or hatched: the peer's result is wrong.

usage: plot.py FILE.json FOLDER
"""
import io
import json
import math
import os
import re
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)
from matplotlib.ticker import FuncFormatter, NullLocator  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = re.compile(r"^(matmul|peer)/([^/]+)/([^/]+)(?:/threads:(\d+))?(?:/iterations:\d+)?(?:/manual_time)?$")
LAYER = re.compile(r"^layer/([^/]+)/([^/]+)/([^/]+)(?:/threads:(\d+))?(?:/iterations:\d+)?(?:/manual_time)?$")

INK = "#010203"  # of words and axes, which take the colour of the page's text
PAGE = """<style>
svg { color: #24292f }
@media (prefers-color-scheme: dark) { svg { color: #d0d7de } }
</style>
"""
RATIO_TICKS = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4)
SEEN_RATIOS = (0.48, 4.4)  # what is beyond is drawn at the edge
COLOURS = ["#2f81f7", "#e8590c", "#2da44e", "#bf4bbf", "#c69026", "#8b949e", "#d1477a", "#1b9aaa"]  # on white and black
MARKERS = "osD^vPX*"

plt.rcParams.update({
    "svg.hashsalt": "ottava", "axes.prop_cycle": plt.cycler(color=COLOURS), "savefig.transparent": True,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "axes.titlesize": 11,
    **{key: INK for key in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")}})


class Figures:
    """What was measured, on which CPU and day."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        context = content["context"]
        details = [context.get("cpu", "unknown CPU"), context["date"][:10], context.get("figures")]
        if "weights" in context:
            details.append("weights of " + context["weights"])
        self.where = ", ".join(filter(None, details))
        self.shapes = {}  # {threads: {shape: {(kind, who): (GOPS, wrong)}}}, shapes in the order of the run
        self.networks = {}  # {threads: {network: {layer: {who: (microseconds, wrong)}}}}
        for benchmark in content["benchmarks"]:
            if benchmark.get("error_occurred"):
                continue
            wrong = benchmark.get("wrong", 0) > 0
            if match := NAME.match(benchmark["name"]):
                kind, who, shape, threads = match.groups()
                rates = self.shapes.setdefault(int(threads or 1), {}).setdefault(shape, {})
                rates[(kind, who)] = (benchmark["GOPS"], wrong)
            elif match := LAYER.match(benchmark["name"]):
                who, network, layer, threads = match.groups()
                layers = self.networks.setdefault(int(threads or 1), {}).setdefault(network, {})
                layers.setdefault(layer, {})[who] = (benchmark["real_time"], wrong)
        run = {who for networks in self.networks.values() for layers in networks.values()
               for times in layers.values() for who in times}
        self.layer_libraries = [who for who in context if who in run]


def contestants(shapes):
    """Tiers, then peers, as they appear."""
    found = []
    for rates in shapes.values():
        found += [who for who in rates if who not in found]
    return sorted(found, key=lambda who: who[0])


def best(rates):
    """GOPS of ottava's best tier, or 0."""
    return max((rate for (kind, _), (rate, _) in rates.items() if kind == "matmul"), default=0)


def own_time(times, libraries):
    """Microseconds of ottava's best tier, or None."""
    return min((time for who, (time, _) in times.items() if who not in libraries and who != "matmul"), default=None)


def geometric_mean(ratios):
    return math.exp(sum(math.log(ratio) for ratio in ratios) / len(ratios))


def mean_of(ratios):
    return f"{geometric_mean(ratios):.2f} over {len(ratios)}"


def plain_numbers(axis):
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def legend_beside(axes, **options):
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, **options)


def save(figure, folder, name):
    svg = io.StringIO()
    figure.savefig(svg, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    start = re.search(r"<svg[^>]*>\n?", svg.getvalue()).end()
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg.getvalue()[:start] + PAGE + svg.getvalue()[start:].replace(INK, "currentColor"))
    print(path)


def listed_squares():
    """{name: size} of the one sweep whose speed is drawn over the size."""
    with open(os.path.join(HERE, "shapes", "squares.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {"x".join(row[1:]): int(row[1]) for row in rows}


def draw_squares(shapes, where, folder):
    sizes = {name: size for name, size in listed_squares().items() if name in shapes}
    if len(sizes) < 2:
        return
    figure, axes = plt.subplots(figsize=(9, 5))
    for i, (kind, who) in enumerate(contestants(shapes)):
        points = [(size, *shapes[name][(kind, who)]) for name, size in sizes.items() if (kind, who) in shapes[name]]
        if not points:
            continue
        label = ("ottava " if kind == "matmul" else "") + who
        label += " (hollow: wrong)" if any(wrong for _, _, wrong in points) else ""
        axes.plot([p[0] for p in points], [p[1] for p in points], "-" if kind == "matmul" else "--",
                  color=COLOURS[i % len(COLOURS)], linewidth=2 if kind == "matmul" else 1.2, label=label, marker="o",
                  markersize=4, markevery=[at for at, point in enumerate(points) if not point[2]])
        hollow = [point for point in points if point[2]]
        axes.plot([p[0] for p in hollow], [p[1] for p in hollow], "o", color=COLOURS[i % len(COLOURS)], markersize=5,
                  fillstyle="none")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(list(sizes.values()), [str(size) for size in sizes.values()], rotation=45)
    axes.set_yticks([gops for gops in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
                     if axes.get_ylim()[0] <= gops <= axes.get_ylim()[1]])
    axes.xaxis.set_minor_locator(NullLocator())
    plain_numbers(axes.yaxis)
    axes.set_xlabel("M = N = K")
    axes.set_ylabel("GOPS, one thread")
    axes.grid(alpha=0.25)
    axes.set_title(f"Square products\n{where}")
    legend_beside(axes)
    save(figure, folder, "squares.svg")


def draw_ratios(title, rows, peers, folder, name):
    """Rows {label: {peer: (ratio, wrong)}}: a bar from 1 to ottava's ratio by the best peer that is right, a mark for
    the ratio by each peer."""
    rows = {label: ratios for label, ratios in rows.items() if ratios}
    if not rows:
        return
    figure, axes = plt.subplots(figsize=(9, 1.5 + 0.21 * len(rows)))
    right = {label: [ratio for ratio, wrong in ratios.values() if not wrong] for label, ratios in rows.items()}
    least = {at: min(ratios) for at, ratios in enumerate(right.values()) if ratios}
    seen = lambda ratio: min(max(ratio, SEEN_RATIOS[0]), SEEN_RATIOS[1])  # noqa: E731
    if least:
        for colour, label, some in (
                ("#2da44e", "the best that is right: " + mean_of(list(least.values())),
                 [at for at in least if least[at] >= 1]),
                ("#cf222e", None, [at for at in least if least[at] < 1])):
            axes.barh(some, [seen(least[at]) - 1 for at in some], left=1, height=0.62, alpha=0.45, color=colour,
                      label=label)
    for i, peer in enumerate(peers):
        marks = [(at, *ratios[peer]) for at, ratios in enumerate(rows.values()) if peer in ratios]
        if not marks:
            continue
        colour, marker = COLOURS[(i + 1) % len(COLOURS)], MARKERS[i % len(MARKERS)]
        means = [ratio for _, ratio, wrong in marks if not wrong]
        label = f"{peer}: {mean_of(means)}" if means else f"{peer}: wrong everywhere"
        for some, fill in ((False, "full"), (True, "none")):
            points = [(at, seen(ratio)) for at, ratio, wrong in marks if wrong == some]
            axes.plot([ratio for _, ratio in points], [at for at, _ in points], marker, color=colour, markersize=4.5,
                      fillstyle=fill, clip_on=False, linestyle="none", label=label if points else None)
            label = None if points else label
    axes.axvline(1, color=INK, linewidth=1.2)
    axes.set_xscale("log")
    axes.set_xlim(*SEEN_RATIOS)
    axes.set_xticks(RATIO_TICKS)
    plain_numbers(axes.xaxis)
    axes.set_yticks(range(len(rows)), list(rows), fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", alpha=0.25)
    axes.tick_params(labeltop=len(rows) > 25)
    axes.set_xlabel("speed of ottava by that of the peer, one thread (beyond the scale: at its edge)")
    axes.set_title(title, pad=22 if len(rows) > 25 else 6)
    legend_beside(axes, alignment="left", title="geometric mean by" + (
        "\n(hollow: wrong result)" if any(wrong for r in rows.values() for _, wrong in r.values()) else ""))
    save(figure, folder, name)


def draw_threads(figures, where, folder):
    """The geometric mean over the shapes that were run on every number of threads, and each shape of ottava thinly."""
    counts = sorted(figures)
    if len(counts) < 2 or counts[0] != 1:
        return
    figure, axes = plt.subplots(figsize=(9, 5))
    common = [shape for shape in figures[1] if all(shape in figures[count] for count in counts)]

    def draw(rate, label, style, colour):
        curves = [[rate(figures[count][shape]) / rate(figures[1][shape]) for count in counts]
                  for shape in common if all(rate(figures[count][shape]) for count in counts)]
        if curves:
            axes.plot(counts, [geometric_mean(at) for at in zip(*curves)], style, label=label, color=colour,
                      linewidth=2 if label == "ottava" else 1.2)
        return curves

    for curve in draw(best, "ottava", "-o", COLOURS[0]):
        axes.plot(counts, curve, color=COLOURS[0], linewidth=0.5, alpha=0.4)
    for i, peer in enumerate(who for who in contestants(figures[1]) if who[0] == "peer"):
        draw(lambda rates, peer=peer: rates.get(peer, (0, False))[0], peer[1], "--s", COLOURS[(i + 1) % len(COLOURS)])
    axes.plot(counts, counts, color=INK, linewidth=0.8, linestyle=":", label="as many times as threads")
    axes.axhline(1, color=INK, linewidth=0.8)
    axes.set_xticks(counts)
    axes.set_xlabel("threads")
    axes.set_ylabel("speed by that of one thread, geometric mean")
    axes.grid(alpha=0.25)
    axes.set_title(f"Several threads against one (thin: each shape of ottava)\n{where}")
    legend_beside(axes)
    save(figure, folder, "threads.svg")


def draw_networks(figures, libraries, where, folder):
    counts = sorted(figures)
    networks = [name for name, layers in figures[counts[0]].items() if "whole" in layers]
    if not networks:
        return
    figure, panels = plt.subplots(1, len(networks), figsize=(4.2 * len(networks) + 2, 4), squeeze=False)
    for axes, network in zip(panels[0], networks):
        names = ["ottava"] + libraries
        for i, threads in enumerate(counts):
            times = figures[threads].get(network, {}).get("whole", {})
            for at, who in enumerate(names):
                time, wrong = times.get(who, (None, False)) if who in libraries else (own_time(times, libraries), False)
                if time:
                    axes.bar(at + (i + 0.5) * 0.8 / len(counts) - 0.4, time / 1000, 0.8 / len(counts),
                             color=COLOURS[i % len(COLOURS)], edgecolor=INK, linewidth=0,
                             alpha=0.5 if wrong else 1, hatch="////" if wrong else None)
        axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
        axes.set_title(network)
        axes.grid(axis="y", alpha=0.25)
    figure.suptitle(f"Whole networks (hatched: the result is wrong)\n{where}", fontsize=11, y=1.06)
    panels[0][0].set_ylabel("milliseconds")
    panels[0][-1].legend([plt.Rectangle((0, 0), 1, 1, color=COLOURS[i % len(COLOURS)]) for i in range(len(counts))],
                         [f"{threads} thread" + "s" * (threads > 1) for threads in counts], loc="upper left",
                         bbox_to_anchor=(1.01, 1), borderaxespad=0)
    save(figure, folder, "networks.svg")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    path, folder = sys.argv[1:]
    figures = Figures(path)
    os.makedirs(folder, exist_ok=True)
    if 1 in figures.shapes:
        shapes = figures.shapes[1]
        draw_squares(shapes, figures.where, folder)
        rows = {shape: {who: (best(rates) / rate, wrong) for (kind, who), (rate, wrong) in rates.items()
                        if kind == "peer" and best(rates)} for shape, rates in shapes.items()}
        draw_ratios(f"Products M x N x K\n{figures.where}", rows,
                    [who for kind, who in contestants(shapes) if kind == "peer"], folder, "ratios.svg")
    draw_threads(figures.shapes, figures.where, folder)
    libraries = figures.layer_libraries
    for network, layers in figures.networks.get(1, {}).items():
        rows = {layer: {who: (time / own_time(times, libraries), wrong) for who, (time, wrong) in times.items()
                        if who in libraries and own_time(times, libraries)} for layer, times in layers.items()}
        draw_ratios(f"Layers of {network}\n{figures.where}", rows, libraries, folder, f"layers-{network}.svg")
    if figures.networks:
        draw_networks(figures.networks, libraries, figures.where, folder)


if __name__ == "__main__":
    main()
