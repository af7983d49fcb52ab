#include "operators/depthwise/packed.h"
#include "packed_layers.h"

OTTAVA_LOAD_FUNCTIONS(depthwise_conv2d, StoredDepthwise)
