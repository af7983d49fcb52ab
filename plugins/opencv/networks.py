"""Networks as ONNX, with random weights: MobileNetV2, and small ones that hold one feature each.

SPDX-License-Identifier: Apache-2.0
"""
import numpy
import onnx
import onnx.shape_inference
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A graph under construction: each method adds a layer and returns the name of its output."""

    def __init__(self, shape, seed=0):
        self.random = numpy.random.default_rng(seed)
        self.shape, self.nodes, self.constants = shape, [], []

    def constant(self, values):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values.astype(numpy.float32), name))
        return name

    def node(self, kind, inputs, **attributes):
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def conv(self, source, inputs, outputs, kernel=1, stride=1, groups=1, dilation=1, pad=None):
        fan_in = inputs // groups * kernel * kernel
        weights = self.random.normal(0, (2.0 / fan_in) ** 0.5, (outputs, inputs // groups, kernel, kernel))
        pad = dilation * (kernel - 1) // 2 if pad is None else pad
        return self.node("Conv", [source, self.constant(weights), self.constant(self.random.normal(0, 0.1, outputs))],
                         kernel_shape=[kernel] * 2, strides=[stride] * 2, dilations=[dilation] * 2, group=groups,
                         pads=[pad] * 4)

    def relu6(self, source):
        return self.node("Clip", [source], min=0.0, max=6.0)  # attributes: what OpenCV 4.6 reads, of opset 10

    def batch_norm(self, source, channels):
        draw = self.random.uniform
        ranges = (0.5, 1.5), (-0.2, 0.2), (-0.2, 0.2), (0.5, 1.5)  # scale, bias, mean, variance
        return self.node("BatchNormalization", [source] + [self.constant(draw(*r, channels)) for r in ranges])

    def gemm(self, source, inputs, outputs):
        weights = self.random.normal(0, inputs ** -0.5, (outputs, inputs))
        return self.node("Gemm", [source, self.constant(weights), self.constant(self.random.normal(0, 0.1, outputs))],
                         transB=1)

    def classifier(self, source, inputs, outputs):
        pooled = self.node("GlobalAveragePool", [source])
        return self.gemm(self.node("Flatten", [pooled]), inputs, outputs)

    def write(self, result, file):
        """`result` becomes the one output, the name of the input is "input"."""
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("input", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 10)])
        model.ir_version = 5
        onnx.save(onnx.shape_inference.infer_shapes(model), file)


def mobilenet_v2(file, size=224):
    """Width 1.0, 1000 classes, batch normalization folded into the convolutions."""
    network = Network([1, 3, size, size])
    last = network.relu6(network.conv("input", 3, 32, kernel=3, stride=2))
    channels = 32
    for expansion, outputs, repeats, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                                                (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(repeats):
            step, inner, inside = (stride if block == 0 else 1), channels * expansion, last
            if expansion > 1:
                inside = network.relu6(network.conv(inside, channels, inner))
            inside = network.relu6(network.conv(inside, inner, inner, kernel=3, stride=step, groups=inner))
            inside = network.conv(inside, inner, outputs)
            last = network.node("Add", [last, inside]) if step == 1 and channels == outputs else inside
            channels = outputs
    last = network.relu6(network.conv(last, channels, 1280))
    network.write(network.classifier(last, 1280, 1000), file)
