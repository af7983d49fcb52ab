# Each tier of src/cpu/tiers.inc has its constant in the public header, its line in cmake/tiers.cmake, its kernels in
# src/kernels/kernels.inc and its folder, and none of these has another. (The values of the constants are held by
# static_asserts of capi/query.cpp.)
#   cmake -DROOT=<project> -P check_tiers.cmake
cmake_minimum_required(VERSION 3.22)

# collect(<variable> <file> <expression>): what the group of the expression matches, in every line that it does.
function(collect variable file expression)
  file(STRINGS ${ROOT}/${file} lines REGEX "${expression}")
  set(found "")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "${expression}" ignored "${line}")
    string(TOLOWER "${CMAKE_MATCH_1}" name)
    list(APPEND found ${name})
  endforeach()
  list(REMOVE_DUPLICATES found)
  list(SORT found)
  set(${variable} "${found}" PARENT_SCOPE)
endfunction()

function(hold where found expected)
  if(NOT found STREQUAL expected)
    message(SEND_ERROR "${where} has ${found} where src/cpu/tiers.inc has ${expected}")
  endif()
endfunction()

collect(names src/cpu/tiers.inc "^OTTAVA_TIER\\(([a-z0-9_]+),")
collect(constants src/cpu/tiers.inc "^OTTAVA_TIER\\([a-z0-9_]+, ([A-Z0-9_]+),")
hold("the second column" "${constants}" "${names}")
collect(public include/ottava/ottava.h "^#define OTTAVA_TIER_([A-Z0-9_]+) [0-9]+u")
list(REMOVE_ITEM public any)
hold(include/ottava/ottava.h "${public}" "${names}")

# The portable tier is always built, from a folder of another name.
list(REMOVE_ITEM names portable)
collect(built cmake/tiers.cmake "^ *ottava_tier\\(([a-z0-9_]+) ")
hold(cmake/tiers.cmake "${built}" "${names}")
collect(listed src/kernels/kernels.inc "^#if OTTAVA_BUILD_([A-Z0-9_]+)")
hold(src/kernels/kernels.inc "${listed}" "${names}")
file(GLOB folders RELATIVE ${ROOT}/src/kernels LIST_DIRECTORIES true ${ROOT}/src/kernels/*)
list(FILTER folders EXCLUDE REGEX "\\.|^generic$")
hold(src/kernels "${folders}" "${names}")

list(LENGTH names count)
if(count LESS 2)
  message(SEND_ERROR "found ${count} tiers: is ROOT right?")
endif()
message(STATUS "${count} tiers: ${names}")
