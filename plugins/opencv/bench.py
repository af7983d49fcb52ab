"""Times MobileNetV2 in OpenCV on one thread: its own int8, int8 by the plugin, its float32, in turns.

usage: bench.py <libottava_opencv.so> [--rounds N] [--size PIXELS] [--threads N]
The least of N rounds (40) counts.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import ctypes
import tempfile
import time

import cv2
import numpy

from networks import mobilenet_v2


def cpu():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown CPU"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("plugin")
    arguments.add_argument("--rounds", type=int, default=40)
    arguments.add_argument("--size", type=int, default=224)
    arguments.add_argument("--threads", type=int, default=1)
    arguments = arguments.parse_args()
    cv2.setNumThreads(arguments.threads)
    picture = numpy.random.default_rng(1).normal(size=(1, 3, arguments.size, arguments.size)).astype(numpy.float32)

    def milliseconds(network):
        network.setInput(picture)
        start = time.perf_counter()
        network.forward()
        return 1000 * (time.perf_counter() - start)

    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        mobilenet_v2(file.name, arguments.size)
        real = cv2.dnn.readNetFromONNX(file.name)
    own = real.quantize([picture], cv2.CV_32F, cv2.CV_32F)
    milliseconds(own)  # its layers are made now, before there is a plugin
    ctypes.CDLL(arguments.plugin)
    plugin = real.quantize([picture], cv2.CV_32F, cv2.CV_32F)
    best = {}
    for _ in range(arguments.rounds + 1):
        for name, network in (("own", own), ("plugin", plugin), ("real", real)):
            best[name] = min(milliseconds(network), best.get(name, float("inf")))

    print(f"{cpu()}, OpenCV {cv2.__version__}, MobileNetV2, {arguments.size} x {arguments.size}, "
          f"threads: {arguments.threads}, least of {arguments.rounds}")
    print(f"OpenCV int8              {best['own']:7.2f} ms")
    print(f"OpenCV float32           {best['real']:7.2f} ms")
    print(f"OpenCV int8 with ottava  {best['plugin']:7.2f} ms   {best['own'] / best['plugin']:.2f} times as fast as "
          f"int8, {best['real'] / best['plugin']:.2f} times as fast as float32")


if __name__ == "__main__":
    main()
