#!/usr/bin/env python3
"""Draws what ottava_bench has written with --benchmark_out=FILE.json, as SVG:

  squares.svg  GOPS over the size of the squares sq<N>, one thread, ottava's tiers and the peers
  ratios.svg   ottava's best tier by each peer, shape by shape, one thread
  threads.svg  speed on several threads by that on one, ottava's best tier and the peers

and of the layers of networks (--networks):

  layers-<network>.svg  ottava's best tier by each peer, layer by layer, one thread; hatched where the peer is wrong
  networks.svg          milliseconds of whole networks, on each number of threads

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

LAYER = re.compile(r"^layer/([^/]+)/([^/]+)/([^/]+)(?:/threads:(\d+))?(?:/iterations:\d+)?(?:/manual_time)?$")


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


def read_networks(path):
    """{threads: {network: {layer: {who: (microseconds, wrong)}}}}, and who of them are libraries."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    figures = {}
    for benchmark in content["benchmarks"]:
        match = LAYER.match(benchmark["name"])
        if not match or benchmark.get("error_occurred"):
            continue
        who, network, layer, threads = match.groups()
        layers = figures.setdefault(int(threads or 1), {}).setdefault(network, {})
        layers.setdefault(layer, {})[who] = (benchmark["real_time"], benchmark.get("wrong", 0) > 0)
    return figures, [who for who in content["context"] if any(
        who in times for networks in figures.values() for layers in networks.values() for times in layers.values())]


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


def own(times, libraries):
    """Microseconds of ottava's best tier, or None."""
    return min((time for who, (time, _) in times.items() if who not in libraries and who != "matmul"), default=None)


def draw_layers(network, layers, libraries, folder):
    compared = {name: times for name, times in layers.items() if own(times, libraries) and set(times) & set(libraries)}
    if not compared:
        return
    figure, axes = plt.subplots(figsize=(max(8, 0.45 * len(compared)), 5))
    width = 0.8 / len(libraries)
    for i, library in enumerate(libraries):
        label = library
        for at, times in enumerate(compared.values()):
            if library not in times:
                continue
            time, wrong = times[library]
            axes.bar(at + (i + 0.5) * width - 0.4, time / own(times, libraries) - 1, width, bottom=1, color=f"C{i}",
                     alpha=0.5 if wrong else 1, hatch="////" if wrong else None, label=label)
            label = None
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    for set_formatter in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        set_formatter(lambda value, _: f"{value:g}")
    axes.set_xticks(range(len(compared)), list(compared), rotation=90)
    axes.set_ylabel("speed of ottava by that of the peer, one thread")
    axes.set_title(f"{network} (hatched: the peer's result is wrong)")
    axes.legend()
    save(figure, folder, f"layers-{network}.svg")


def draw_networks(figures, libraries, folder):
    counts = sorted(figures)
    networks = [name for name, layers in figures[counts[0]].items() if "whole" in layers]
    if not networks:
        return
    figure, panels = plt.subplots(1, len(networks), figsize=(5 * len(networks), 4), squeeze=False)
    for axes, network in zip(panels[0], networks):
        names = ["ottava"] + libraries
        for i, threads in enumerate(counts):
            times = figures[threads].get(network, {}).get("whole", {})
            for at, who in enumerate(names):
                time, wrong = times.get(who, (None, False)) if who in libraries else (own(times, libraries), False)
                if time:
                    axes.bar(at + (i + 0.5) * 0.8 / len(counts) - 0.4, time / 1000, 0.8 / len(counts), color=f"C{i}",
                             alpha=0.5 if wrong else 1, hatch="////" if wrong else None)
        axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
        axes.set_title(network)
        axes.grid(axis="y", alpha=0.3)
    panels[0][0].set_ylabel("milliseconds (hatched: the result is wrong)")
    panels[0][0].legend([plt.Rectangle((0, 0), 1, 1, color=f"C{i}") for i in range(len(counts))],
                        [f"{threads} thread" + "s" * (threads > 1) for threads in counts])
    save(figure, folder, "networks.svg")


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
    figures, libraries = read_networks(path)
    for network, layers in figures.get(1, {}).items():
        draw_layers(network, layers, libraries, folder)
    if figures:
        draw_networks(figures, libraries, folder)


if __name__ == "__main__":
    main()
