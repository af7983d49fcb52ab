#include "operators/add/packed.h"
#include "packed_layers.h"

OTTAVA_LOAD_FUNCTIONS(add, StoredAdd)
