// Catch2, version 2 or 3; on a core without an operating system the few of its macros that the sweeps use.
#ifndef OTTAVA_TESTS_CATCH_H_
#define OTTAVA_TESTS_CATCH_H_

#if defined(OTTAVA_HOSTED) && !OTTAVA_HOSTED
#include "firmware/sweep/catch.h"
#elif __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // OTTAVA_TESTS_CATCH_H_
