#include "operators/conv2d/packed.h"
#include "packed_layers.h"

OTTAVA_LOAD_FUNCTIONS(conv2d, StoredConv2d)
