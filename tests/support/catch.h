// Catch2, version 2 or 3.
#ifndef OTTAVA_TESTS_CATCH_H_
#define OTTAVA_TESTS_CATCH_H_

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // OTTAVA_TESTS_CATCH_H_
