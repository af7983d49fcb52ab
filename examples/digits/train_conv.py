#!/usr/bin/env python3
"""Trains the convolutional network of the digits demo and writes the file of its weights.

    /usr/bin/python3 train_conv.py [folder]      (Debian: python3-sklearn, python3-numpy)

The images are those of train.py, split alike. Each epoch sees every training image turned, scaled, sheared and
shifted a little anew: 1257 images of 8 x 8 pixels are few. numpy alone does the training: Adam, forward and backward
written out per layer. The format is described in README.md.

SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import sys

import numpy
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

sys.dont_write_bytecode = True  # no __pycache__ beside the sources
import train  # noqa: E402

EPOCHS = 120
BATCH = 64
RATE = 4e-3
WEIGHT_DECAY = 1e-4
SMOOTHING = 0.05
LEAST_ACCURACY = 0.985


class Layer:
    """A layer with weights: `forward` keeps what `backward` needs, which leaves the gradients in self.gradients."""

    def __init__(self, random, shape, fan_in, relu):
        self.parameters = [
            (random.standard_normal(shape) * numpy.sqrt(2 / fan_in)).astype("f4"),
            numpy.zeros(shape[-1], "f4"),
        ]
        self.relu = relu

    def forward(self, values):
        self.output = self.product(values) + self.parameters[1]
        return numpy.maximum(self.output, 0) if self.relu else self.output

    def backward(self, gradient):
        if self.relu:
            gradient = gradient * (self.output > 0)
        bias = gradient.reshape(-1, gradient.shape[-1]).sum(axis=0)
        weights, result = self.product_backward(gradient)
        self.gradients = [weights, bias]
        return result


class Dense(Layer):
    """Fully connected, and so a pointwise convolution too: the last axis alone counts."""

    def __init__(self, random, inputs, outputs, relu):
        super().__init__(random, (inputs, outputs), inputs, relu)

    def product(self, values):
        self.input = values
        return values @ self.parameters[0]

    def product_backward(self, gradient):
        rows = self.input.reshape(-1, self.input.shape[-1])
        return rows.T @ gradient.reshape(-1, gradient.shape[-1]), gradient @ self.parameters[0].T


class Window(Layer):
    """What the 3 x 3 layers share: taps of the padded input, and the sum of their gradients. SAME as in TensorFlow: for
    an even size and stride 2 all padding is at the bottom and at the right."""

    def taps(self, values):
        self.shape = values.shape
        self.before = 1 if self.stride == 1 else 0
        pad = (self.before, 1)
        padded = numpy.pad(values, ((0, 0), pad, pad, (0, 0)))
        return [padded[:, y, x] for y, x in self.places()]

    def places(self):
        size = self.shape[1] // self.stride
        ends = [slice(tap, tap + (size - 1) * self.stride + 1, self.stride) for tap in range(3)]
        return [(y, x) for y in ends for x in ends]

    def sum_taps(self, gradients):
        batch, height, width, channels = self.shape
        padded = numpy.zeros((batch, height + self.before + 1, width + self.before + 1, channels), "f4")
        for (y, x), gradient in zip(self.places(), gradients):
            padded[:, y, x] += gradient
        return padded[:, self.before : self.before + height, self.before : self.before + width]


class Conv(Window):
    def __init__(self, random, inputs, outputs, stride, relu):
        super().__init__(random, (9, inputs, outputs), 9 * inputs, relu)
        self.stride = stride

    def product(self, values):
        self.columns = numpy.concatenate(self.taps(values), axis=-1)
        weights = self.parameters[0]
        return self.columns @ weights.reshape(-1, weights.shape[-1])

    def product_backward(self, gradient):
        weights = self.parameters[0]
        rows = self.columns.reshape(-1, self.columns.shape[-1])
        columns = gradient @ weights.reshape(-1, weights.shape[-1]).T
        return (
            (rows.T @ gradient.reshape(-1, gradient.shape[-1])).reshape(weights.shape),
            self.sum_taps(numpy.split(columns, 9, axis=-1)),
        )


class Depthwise(Window):
    def __init__(self, random, channels, relu):
        super().__init__(random, (9, channels), 9, relu)
        self.stride = 1

    def product(self, values):
        self.inputs = self.taps(values)
        return sum(tap * weights for tap, weights in zip(self.inputs, self.parameters[0]))

    def product_backward(self, gradient):
        weights = numpy.stack([(tap * gradient).sum(axis=(0, 1, 2)) for tap in self.inputs])
        return weights, self.sum_taps([gradient * weights_of_tap for weights_of_tap in self.parameters[0]])


class Network:
    """What conv_network.c has as a table: two residual blocks with a convolution before each."""

    def __init__(self, random):
        self.layers = [
            Conv(random, 1, 16, 1, True),
            Dense(random, 16, 48, True),
            Depthwise(random, 48, True),
            Dense(random, 48, 16, False),
            Conv(random, 16, 32, 2, True),
            Depthwise(random, 32, True),
            Dense(random, 32, 32, False),
            Dense(random, 32, 10, False),
        ]

    def forward(self, images):
        stem, expand, filter_, project, down, filter_2, project_2, classify = self.layers
        values = stem.forward(images.reshape(-1, 8, 8, 1).astype("f4"))
        values = values + project.forward(filter_.forward(expand.forward(values)))
        values = down.forward(values)
        self.sum = values + project_2.forward(filter_2.forward(values))
        return classify.forward(numpy.maximum(self.sum, 0).mean(axis=(1, 2)))

    def backward(self, gradient):
        stem, expand, filter_, project, down, filter_2, project_2, classify = self.layers
        gradient = classify.backward(gradient)[:, None, None, :] * (self.sum > 0) / 16
        gradient = gradient + filter_2.backward(project_2.backward(gradient))
        gradient = down.backward(gradient)
        gradient = gradient + expand.backward(filter_.backward(project.backward(gradient)))
        stem.backward(gradient)


def varied(random, images):
    """Each image under a small affine map of its own, with linear interpolation."""
    count = len(images)
    angle, shear = random.normal(0, 0.12, count), random.normal(0, 0.1, count)
    height, width = random.normal(1, 0.08, (2, count))
    down, right = random.normal(0, 0.5, (2, count))
    y, x = numpy.mgrid[0:8, 0:8] - 3.5
    y, x = y.reshape(1, -1), x.reshape(1, -1)
    per_image = (numpy.cos(angle), numpy.sin(angle), shear, height, width, down, right)
    cos, sin, shear, height, width, down, right = (value.reshape(-1, 1) for value in per_image)
    from_y = numpy.clip((cos * y - sin * x) * height + down + 3.5, -1, 8) + 1
    from_x = numpy.clip((sin * y + cos * x + shear * y) * width + right + 3.5, -1, 8) + 1
    padded = numpy.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 2), (1, 2)))
    top, left = from_y.astype(int), from_x.astype(int)
    part_y, part_x = from_y - top, from_x - left
    image = numpy.arange(count).reshape(-1, 1)
    upper = padded[image, top, left] * (1 - part_x) + padded[image, top, left + 1] * part_x
    lower = padded[image, top + 1, left] * (1 - part_x) + padded[image, top + 1, left + 1] * part_x
    return (upper * (1 - part_y) + lower * part_y).reshape(count, -1)


def fit(network, random, images, labels):
    parameters = [parameter for layer in network.layers for parameter in layer.parameters]
    mean = [numpy.zeros_like(parameter) for parameter in parameters]
    square = [numpy.zeros_like(parameter) for parameter in parameters]
    wanted = numpy.eye(10, dtype="f4")[labels] * (1 - SMOOTHING) + SMOOTHING / 10
    steps = EPOCHS * (len(images) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        seen = varied(random, images)
        order = random.permutation(len(images))
        for first in range(0, len(images) - BATCH + 1, BATCH):
            chosen = order[first : first + BATCH]
            logits = network.forward(seen[chosen])
            power = numpy.exp(logits - logits.max(axis=1, keepdims=True))
            network.backward((power / power.sum(axis=1, keepdims=True) - wanted[chosen]) / BATCH)
            step += 1
            rate = RATE * min(step / 100, 0.5 + 0.5 * numpy.cos(numpy.pi * step / steps))
            gradients = [gradient for layer in network.layers for gradient in layer.gradients]
            for i, (parameter, gradient) in enumerate(zip(parameters, gradients)):
                mean[i] += 0.1 * (gradient - mean[i])
                square[i] += 0.001 * (gradient * gradient - square[i])
                move = mean[i] / (1 - 0.9**step) / (numpy.sqrt(square[i] / (1 - 0.999**step)) + 1e-8)
                parameter -= (rate * (move + WEIGHT_DECAY * parameter)).astype("f4")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    digits = load_digits()
    pixels, held_out, labels, held_out_labels = train_test_split(
        digits.data, digits.target, test_size=0.3, stratify=digits.target, random_state=train.SEED
    )
    random = numpy.random.default_rng(train.SEED)
    network = Network(random)
    fit(network, random, pixels / train.PIXEL_MAXIMUM, labels)

    accuracy = (network.forward(held_out / train.PIXEL_MAXIMUM).argmax(axis=1) == held_out_labels).mean()
    print(f"{accuracy:.2%} of {len(held_out)} held-out images are classified correctly")
    if accuracy <= LEAST_ACCURACY:
        sys.exit(f"that is not above {LEAST_ACCURACY:.1%}: nothing is written")
    parameters = [layer.parameters for layer in network.layers]
    layers = [(weights.reshape(-1, len(bias)), bias) for weights, bias in parameters]
    (folder / "conv_weights.bin").write_bytes(train.weights_file(layers))


if __name__ == "__main__":
    main()
