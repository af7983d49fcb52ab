#include "operators/pool2d/packed.h"
#include "packed_layers.h"

OTTAVA_LOAD_FUNCTIONS(pool2d, StoredPool2d)
