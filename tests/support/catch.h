// Catch2, version 2 or 3; in programs that have none the few of its macros that the sweeps use.
#ifndef OTTAVA_TESTS_CATCH_H_
#define OTTAVA_TESTS_CATCH_H_

#if defined(OTTAVA_TEST_WITHOUT_CATCH) || (defined(OTTAVA_HOSTED) && !OTTAVA_HOSTED)
#include "without_catch.h"
#elif __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // OTTAVA_TESTS_CATCH_H_
