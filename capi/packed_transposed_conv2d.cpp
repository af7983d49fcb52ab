#include "operators/transposed/packed.h"
#include "packed_layers.h"

OTTAVA_LOAD_FUNCTIONS(transposed_conv2d, StoredTransposed)
