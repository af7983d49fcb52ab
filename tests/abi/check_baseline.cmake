# The ABI gate: functions, versions of symbols and types of the C interface against the committed description, by
# libabigail. What it describes are the functions of capi/ alone, compiled for this purpose: with debugging information,
# and without what they call.
#   cmake -DROOT=<project> -DCOMPILER=<C++ compiler> -DMAP=<linker map> -DABI=<of the soname> -DBASELINE=<description>
#         -DSCRATCH=<scratch> [-DWRITE=ON: makes the description anew] -P check_baseline.cmake
cmake_minimum_required(VERSION 3.22)
find_program(ABIDW abidw)
find_program(ABIDIFF abidiff)
if(NOT ABIDW OR NOT ABIDIFF)
  message(STATUS "skipped: there is no libabigail here (Debian: abigail-tools)")
  return()
endif()

file(MAKE_DIRECTORY ${SCRATCH})
file(GLOB sources ${ROOT}/capi/*.cpp)
set(library ${SCRATCH}/libottava.so)
execute_process(COMMAND ${COMPILER} -std=c++17 -g -O0 -fPIC -shared -nostdlib -ffreestanding -fno-exceptions -fno-rtti
  -fno-threadsafe-statics -fvisibility=hidden -DOTTAVA_BUILDING -DOTTAVA_HOSTED=1 -ffile-prefix-map=${ROOT}=.
  -I${ROOT}/include -I${ROOT}/src -I${ROOT}/capi ${sources} -Wl,--unresolved-symbols=ignore-all
  -Wl,--version-script=${MAP} -Wl,-soname,libottava.so.${ABI} -o ${library}
  ERROR_VARIABLE output RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "cannot compile capi/:\n${output}")
endif()
set(description ${SCRATCH}/ottava.abi)
if(WRITE)
  set(description ${BASELINE})
endif()
execute_process(COMMAND ${ABIDW} --headers-dir ${ROOT}/include --drop-private-types --exported-interfaces-only
  --no-architecture --no-comp-dir-path --no-corpus-path --no-show-locs --out-file ${description} ${library}
  ERROR_VARIABLE output RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "abidw cannot describe ${library}:\n${output}")
endif()
file(STRINGS ${description} symbols REGEX "<elf-symbol name='ottava_")
list(LENGTH symbols count)
if(count LESS 50)
  message(FATAL_ERROR "the description has only ${count} functions")
endif()
execute_process(COMMAND ${ABIDIFF} ${BASELINE} ${description} OUTPUT_VARIABLE output ERROR_VARIABLE output
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the ABI is not what ${BASELINE} describes. docs/abi.md says what may change, and how the "
    "description is made anew for what may.\n${output}")
endif()
