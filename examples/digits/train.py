#!/usr/bin/env python3
"""Trains the network of the digits demo and writes the two files that the demo reads.

    /usr/bin/python3 train.py [folder]      (Debian: python3-sklearn, python3-numpy)

A float MLP 64 -> 128 -> 64 -> 10 with relu learns 70 % of the 1797 images of 8 x 8 pixels that
scikit-learn carries; the other 30 % are held out. Some of the training images go into the image file
too, for calibration, so that no held-out image has a part in the quantization. The formats are
described in README.md.

SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import struct
import sys

import numpy
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

SEED = 8
HIDDEN_LAYERS = (128, 64)
PIXEL_MAXIMUM = 16
CALIBRATION_IMAGES = 64
LEAST_ACCURACY = 0.97
FORMAT_VERSION = 1


def sealed(content):
    """The content with its 64-bit FNV-1a checksum behind it."""
    checksum = 0xCBF29CE484222325
    for byte in content:
        checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
    return content + struct.pack("<Q", checksum)


def weights_file(layers):
    content = struct.pack("<8sII", b"DIGITS-W", FORMAT_VERSION, len(layers))
    for weights, _ in layers:
        content += struct.pack("<II", *weights.shape)
    for weights, bias in layers:
        content += weights.astype("<f4").tobytes() + bias.astype("<f4").tobytes()
    return sealed(content)


def images_file(calibration, held_out, labels):
    content = struct.pack("<8s6I", b"DIGITS-I", FORMAT_VERSION, 8, 8, PIXEL_MAXIMUM, len(calibration), len(held_out))
    for values in (calibration, held_out, labels):
        content += values.astype("u1").tobytes()
    return sealed(content)


def accuracy_float32(layers, images, labels):
    """Accuracy of the weights as written: float32, with the demo's own formula."""
    values = images.astype("f4")
    for index, (weights, bias) in enumerate(layers):
        values = values @ weights + bias
        if index + 1 < len(layers):
            values = numpy.maximum(values, 0)
    return (values.argmax(axis=1) == labels).mean()


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    digits = load_digits()
    pixels, held_out, labels, held_out_labels = train_test_split(
        digits.data, digits.target, test_size=0.3, stratify=digits.target, random_state=SEED
    )
    network = MLPClassifier(HIDDEN_LAYERS, activation="relu", alpha=1e-2, max_iter=300, random_state=SEED)
    network.fit(pixels / PIXEL_MAXIMUM, labels)
    layers = [(w.astype("f4"), b.astype("f4")) for w, b in zip(network.coefs_, network.intercepts_)]

    accuracy = accuracy_float32(layers, held_out / PIXEL_MAXIMUM, held_out_labels)
    print(f"{accuracy:.2%} of {len(held_out)} held-out images are classified correctly")
    if accuracy <= LEAST_ACCURACY:
        sys.exit(f"that is not above {LEAST_ACCURACY:.0%}: nothing is written")
    (folder / "digits_weights.bin").write_bytes(weights_file(layers))
    (folder / "digits_images.bin").write_bytes(images_file(pixels[:CALIBRATION_IMAGES], held_out, held_out_labels))


if __name__ == "__main__":
    main()
