// Read once: compiling is much of the time of a short sweep.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "guarded_buffer.h"
#include "oracle/oracle.h"
#include "support.h"
