/* SPDX-License-Identifier: Apache-2.0 */
#include "conv_network.h"

const ConvShape kConvShapes[CONV_LAYERS] = {
    {CONV2D, 3, 1, 8, 1, 8, 16, 1, 0, "conv 3x3"},
    {CONV2D, 1, 1, 8, 16, 8, 48, 1, 0, "pointwise"},
    {DEPTHWISE, 3, 1, 8, 48, 8, 48, 1, 0, "depthwise 3x3"},
    {CONV2D, 1, 1, 8, 48, 8, 16, 0, 0, "pointwise"},
    {ADDITION, 0, 0, 8, 16, 8, 16, 0, 1, "residual add"},
    {CONV2D, 3, 2, 8, 16, 4, 32, 1, 0, "conv 3x3 / 2"},
    {DEPTHWISE, 3, 1, 4, 32, 4, 32, 1, 0, "depthwise 3x3"},
    {CONV2D, 1, 1, 4, 32, 4, 32, 0, 0, "pointwise"},
    {ADDITION, 0, 0, 4, 32, 4, 32, 1, 6, "residual add"},
    {GLOBAL_AVERAGE, 0, 0, 4, 32, 1, 32, 0, 0, "average pooling"},
    {FULLY_CONNECTED, 1, 1, 1, 32, 1, 10, 0, 0, "fully connected"},
};
