# Builds the core alone (OTTAVA_HOSTED=OFF) and holds what its archive wants from outside against the committed list.
#   cmake -DROOT=<project> -DBUILD=<scratch> -DTARGET=<name in the list> -DALLOWED=undefined_symbols.txt
#         -DGENERATOR=... -DC_COMPILER=... -DCXX_COMPILER=... -P check_freestanding.cmake
# Without a generator BUILD is such a build already.
cmake_minimum_required(VERSION 3.22)
if(GENERATOR)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${ROOT} -B ${BUILD} -G ${GENERATOR}
    -DCMAKE_C_COMPILER=${C_COMPILER} -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
    -DCMAKE_BUILD_TYPE=MinSizeRel -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
    -DOTTAVA_HOSTED=OFF -DOTTAVA_CPUINFO=OFF -DOTTAVA_PTHREADPOOL=OFF -DOTTAVA_SHARED_LIBRARY=OFF
    -DOTTAVA_EXAMPLES=OFF -DOTTAVA_INSTALL=OFF -DOTTAVA_WERROR=ON
    # Kernels of vectors take long to compile; programs in C, which link the library with nothing but libc, hold them to
    # the same.
    -DOTTAVA_TIER_X86_AVX2=OFF -DOTTAVA_TIER_X86_AVXVNNI=OFF -DOTTAVA_TIER_X86_AVX512VNNI=OFF -DOTTAVA_TIER_X86_AMX=OFF
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "cannot configure the core for ${TARGET}:\n${output}")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target ottava_static --parallel 2
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "cannot build the core for ${TARGET}:\n${output}")
  endif()
endif()

# Every file, without exception, is compiled as freestanding.
file(STRINGS ${BUILD}/compile_commands.json commands REGEX "\"command\":.* ottava_core\\.dir|\"command\":.*/ottava_core\\.dir/")
list(LENGTH commands count)
if(count LESS 20)
  message(SEND_ERROR "only ${count} compiler commands in ${BUILD}/compile_commands.json")
endif()
foreach(command IN LISTS commands)
  foreach(flag -ffreestanding -fno-exceptions -fno-rtti)
    if(NOT command MATCHES " ${flag} ")
      message(SEND_ERROR "compiled without ${flag}: ${command}")
    endif()
  endforeach()
endforeach()

# What some object wants and none defines.
file(STRINGS ${BUILD}/CMakeCache.txt nm REGEX "^CMAKE_NM:")
string(REGEX REPLACE "^[^=]*=" "" nm "${nm}")
execute_process(COMMAND ${nm} -P -g ${BUILD}/libottava.a OUTPUT_VARIABLE table RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${nm} cannot read ${BUILD}/libottava.a")
endif()
set(defined "")
set(undefined "")
string(REGEX MATCHALL "[^ \n]+ [A-Za-z][ \n]" lines "${table}")
foreach(line ${lines})
  string(REGEX REPLACE " .*" "" symbol ${line})
  if(line MATCHES " [Uwv]")
    list(APPEND undefined ${symbol})
  else()
    list(APPEND defined ${symbol})
  endif()
endforeach()
list(REMOVE_DUPLICATES undefined)
list(SORT undefined)
if(NOT "ottava_matmul_run" IN_LIST defined)
  message(SEND_ERROR "${BUILD}/libottava.a does not define ottava_matmul_run")
endif()
list(REMOVE_ITEM undefined ${defined} _GLOBAL_OFFSET_TABLE_) # the last is what a linker makes

file(STRINGS ${ALLOWED} allowed REGEX "^[^#]")
set(names "")
foreach(line ${allowed})
  if(NOT line MATCHES "^([^ ]+) +(any|host|arm-none-eabi|aarch64)( |$)")
    message(SEND_ERROR "not understood in ${ALLOWED}: ${line}")
  elseif(CMAKE_MATCH_2 STREQUAL "any" OR CMAKE_MATCH_2 STREQUAL TARGET)
    list(APPEND names ${CMAKE_MATCH_1})
  endif()
endforeach()
foreach(symbol ${undefined})
  if(NOT symbol IN_LIST names)
    message(SEND_ERROR "the core wants ${symbol} from outside, which ${ALLOWED} does not allow for ${TARGET}")
  endif()
endforeach()
list(JOIN undefined " " undefined)
message(STATUS "${TARGET}: ${undefined}")
