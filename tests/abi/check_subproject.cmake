# Builds the library as a part of another project: without a configuration, with link-time optimization asked for by that
# project, without what Debian has as shared libraries only. It is fast, raises no warning, installs under an absolute
# library folder and links into a program that needs no shared library at all.
#   cmake -DROOT=<project> -DSOURCE=<parent project> -DSCRATCH=<scratch> -DC_COMPILER=... -DCXX_COMPILER=...
#         -DPKG_CONFIG=<program or nothing> -P check_subproject.cmake
cmake_minimum_required(VERSION 3.22)
function(run_or_fail what)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} fails (${result}):\n${output}")
  elseif(output MATCHES "[Ww]arning")
    message(FATAL_ERROR "${what} gives a warning:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(build ${SCRATCH}/build)
set(prefix ${SCRATCH}/prefix)
set(settings -DOTTAVA_SOURCE=${ROOT} -DCMAKE_C_COMPILER=${C_COMPILER} -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
  -DOTTAVA_CPUINFO=OFF -DOTTAVA_PTHREADPOOL=OFF
  # The portable tier is enough here; the others take long to compile.
  -DOTTAVA_TIER_X86_AVX2=OFF -DOTTAVA_TIER_X86_AVXVNNI=OFF -DOTTAVA_TIER_X86_AVX512VNNI=OFF -DOTTAVA_TIER_X86_AMX=OFF)
# Unix Makefiles, as the other checks use the generator of the build.
run_or_fail("configuring with BUILD_SHARED_LIBS" ${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH}/shared
  -G "Unix Makefiles" -DBUILD_SHARED_LIBS=ON ${settings})
run_or_fail("configuring" ${CMAKE_COMMAND} -S ${SOURCE} -B ${build} -G "Unix Makefiles" ${settings}
  -DCMAKE_C_FLAGS=-flto=auto -DCMAKE_CXX_FLAGS=-flto=auto -DCMAKE_INSTALL_LIBDIR=${prefix}/libraries)
run_or_fail("building" ${CMAKE_COMMAND} --build ${build} --parallel 2)
run_or_fail("the program" ${build}/program)
run_or_fail("the installation" ${CMAKE_COMMAND} --install ${build} --prefix ${prefix})

if(NOT PKG_CONFIG)
  message(STATUS "no pkg-config here: ottava.pc is not tested")
  return()
endif()
set(ENV{PKG_CONFIG_PATH} ${prefix}/libraries/pkgconfig)
execute_process(COMMAND ${PKG_CONFIG} --static --define-variable=prefix=${prefix} --cflags --libs ottava
  OUTPUT_VARIABLE flags RESULT_VARIABLE result OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT result EQUAL 0 OR flags MATCHES "cpuinfo|pthreadpool" OR NOT flags MATCHES "-L${prefix}/libraries ")
  message(FATAL_ERROR "the flags of pkg-config --static are: ${flags}")
endif()
separate_arguments(flags UNIX_COMMAND "${flags}")
run_or_fail("linking a static program" ${C_COMPILER} -static ${SOURCE}/program.c ${SOURCE}/parent.c -o ${SCRATCH}/static
  ${flags})
run_or_fail("the static program" ${SCRATCH}/static)
