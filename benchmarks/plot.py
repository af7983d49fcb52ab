#!/usr/bin/env python3
"""Draws what ottava_bench has written with --benchmark_out=FILE.json, as SVG:

  squares.svg  GOPS over the size of the squares sq<N>, one thread, ottava's tiers and the peers
  ratios.svg   ottava's best tier by each peer, shape by shape, one thread
  threads.svg  speed on several threads by that on one, ottava's best tier and the peers

usage: plot.py FILE.json FOLDER
"""
import json
import math
import os
import re
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)

NAME = re.compile(r"^(matmul|peer)/([^/]+)/([^/]+)(?:/threads:(\d+))?(?:/iterations:\d+)?(?:/manual_time)?$")


def read(path):
    """{threads: {shape: {(kind, who): GOPS}}}, without what failed or is wrong; shapes in the order of the run."""
    with open(path, encoding="utf-8") as file:
        benchmarks = json.load(file)["benchmarks"]
    figures = {}
    for benchmark in benchmarks:
        match = NAME.match(benchmark["name"])
        if not match or benchmark.get("error_occurred") or benchmark.get("wrong", 0) > 0:
            continue
        kind, who, shape, threads = match.groups()
        figures.setdefault(int(threads or 1), {}).setdefault(shape, {})[(kind, who)] = benchmark["GOPS"]
    return figures


def contestants(shapes):
    """Tiers, then peers, as they appear."""
    found = []
    for rates in shapes.values():
        found += [who for who in rates if who not in found]
    return sorted(found, key=lambda who: who[0])


def best(rates):
    """ottava's best tier, or 0."""
    return max((rate for (kind, _), rate in rates.items() if kind == "matmul"), default=0)


def geometric_mean(ratios):
    return math.exp(sum(math.log(ratio) for ratio in ratios) / len(ratios))


def save(figure, folder, name):
    path = os.path.join(folder, name)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    print(path)


def draw_squares(shapes, folder):
    squares = {int(name[2:]): rates for name, rates in shapes.items() if re.fullmatch(r"sq\d+", name)}
    if len(squares) < 2:
        return
    figure, axes = plt.subplots(figsize=(8, 5))
    for kind, who in contestants(squares):
        points = sorted((size, rates[(kind, who)]) for size, rates in squares.items() if (kind, who) in rates)
        axes.plot(*zip(*points), "-o" if kind == "matmul" else "--s", markersize=4,
                  label=("ottava " if kind == "matmul" else "") + who)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(sorted(squares), [str(size) for size in sorted(squares)], rotation=45)
    axes.minorticks_off()
    axes.set_xlabel("M = N = K")
    axes.set_ylabel("GOPS, one thread")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    save(figure, folder, "squares.svg")


def draw_ratios(shapes, folder):
    peers = [who for who in contestants(shapes) if who[0] == "peer"]
    compared = {name: rates for name, rates in shapes.items() if best(rates) and any(p in rates for p in peers)}
    if not compared:
        return
    figure, axes = plt.subplots(figsize=(max(8, 0.4 * len(compared)), 5))
    width = 0.8 / len(peers)
    for i, peer in enumerate(peers):
        ratios = {at: best(rates) / rates[peer] for at, rates in enumerate(compared.values()) if peer in rates}
        if not ratios:
            continue
        axes.bar([at + (i + 0.5) * width - 0.4 for at in ratios], [ratio - 1 for ratio in ratios.values()], width,
                 bottom=1, label=f"by {peer[1]}, geometric mean {geometric_mean(list(ratios.values())):.2f}")
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xticks(range(len(compared)), list(compared), rotation=90)
    axes.set_ylabel("speed of ottava by that of the peer, one thread")
    axes.legend()
    save(figure, folder, "ratios.svg")


def draw_threads(figures, folder):
    """The geometric mean over the shapes that were run on every number of threads, and each shape of ottava thinly."""
    counts = sorted(figures)
    if len(counts) < 2 or counts[0] != 1:
        return
    figure, axes = plt.subplots(figsize=(8, 5))
    common = [shape for shape in figures[1] if all(shape in figures[count] for count in counts)]

    def draw(rate, label, style):
        curves = [[rate(figures[count][shape]) / rate(figures[1][shape]) for count in counts]
                  for shape in common if all(rate(figures[count][shape]) for count in counts)]
        if curves:
            axes.plot(counts, [geometric_mean(at) for at in zip(*curves)], style, label=label)
        return curves

    for curve in draw(best, "ottava", "-o"):
        axes.plot(counts, curve, color="C0", linewidth=0.5, alpha=0.3)
    for peer in [who for who in contestants(figures[1]) if who[0] == "peer"]:
        draw(lambda rates, peer=peer: rates.get(peer, 0), peer[1], "--s")
    axes.plot(counts, counts, color="black", linewidth=0.8, linestyle=":", label="as many times as threads")
    axes.set_xticks(counts)
    axes.set_xlabel("threads")
    axes.set_ylabel("speed by that of one thread, geometric mean")
    axes.grid(alpha=0.3)
    axes.legend()
    save(figure, folder, "threads.svg")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    path, folder = sys.argv[1:]
    figures = read(path)
    os.makedirs(folder, exist_ok=True)
    if 1 in figures:
        draw_squares(figures[1], folder)
        draw_ratios(figures[1], folder)
    draw_threads(figures, folder)


if __name__ == "__main__":
    main()
