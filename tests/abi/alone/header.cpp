// The public header with nothing before it, as C++.
#include "header.c"

static_assert(sizeof(ottava_status) == 4, "a status is 32 bits");
