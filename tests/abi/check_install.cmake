# Installs the build into a scratch prefix and uses the library from there: by find_package(ottava), static and
# shared, from C and C++, and by pkg-config.
#   cmake -DBUILD=<build> -DCONFIG=<configuration> -DSOURCE=<consumer> -DSCRATCH=<scratch> -DLIBDIR=lib -DSHARED=0|1
#         -DGENERATOR=... -DMAKE_PROGRAM=... -DC_COMPILER=... -DCXX_COMPILER=... -DPKG_CONFIG=<program or nothing> -P check_install.cmake
cmake_minimum_required(VERSION 3.22)
set(prefix ${SCRATCH}/prefix)

function(run_or_fail what)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} fails (${result}):\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run_or_fail("the installation" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --config ${CONFIG})
foreach(file include/ottava/ottava.h include/ottava/ottava.hpp ${LIBDIR}/libottava.a ${LIBDIR}/pkgconfig/ottava.pc)
  if(NOT EXISTS ${prefix}/${file})
    message(SEND_ERROR "${file} is not installed")
  endif()
endforeach()

# Where the system's folders are not searched there is neither cpuinfo nor pthreadpool.
set(no_system "-DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF -DCMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH=OFF")
set(users "static C" "static CXX" "either C")
if(SHARED)
  list(APPEND users "shared C ${no_system}" "shared CXX ${no_system}" "either CXX ${no_system}")
endif()
set(configure_user ${CMAKE_COMMAND} -S ${SOURCE} -G ${GENERATOR} -DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release)
foreach(user ${users})
  separate_arguments(options UNIX_COMMAND "${user}")
  list(POP_FRONT options kind language)
  set(build ${SCRATCH}/${kind}_${language})
  run_or_fail("configuring ${user}" ${configure_user} -B ${build} -DKIND=${kind} -DLANGUAGE=${language}
    -DCMAKE_${language}_COMPILER=${${language}_COMPILER} ${options})
  file(STRINGS ${build}/CMakeCache.txt found REGEX "^ottava_DIR:")
  string(FIND "${found}" "${prefix}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "found another ottava: ${found}")
  endif()
  run_or_fail("building ${user}" ${CMAKE_COMMAND} --build ${build})
  run_or_fail("${user}" ${build}/consumer)
endforeach()

# What is not there is refused in words.
function(expect_refusal kind words)
  separate_arguments(options UNIX_COMMAND "${ARGN}")
  execute_process(COMMAND ${configure_user} -B ${SCRATCH}/refused -DKIND=${kind} -DLANGUAGE=C
    -DCMAKE_C_COMPILER=${C_COMPILER} ${options} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(result EQUAL 0 OR NOT output MATCHES "${words}")
    message(SEND_ERROR "the component ${kind} is not refused by the words '${words}':\n${output}")
  endif()
endfunction()
expect_refusal(dynamic "there is no component dynamic; there are static and shared")
file(STRINGS ${BUILD}/CMakeCache.txt cpuinfo REGEX "^OTTAVA_CPUINFO:[^=]*=ON")
if(cpuinfo)
  expect_refusal(static "the static library wants what CpuinfoLibrary looks for" ${no_system})
endif()

if(NOT PKG_CONFIG)
  message(STATUS "no pkg-config here: ottava.pc is not tested")
  return()
endif()
# --define-variable: the prefix in the file is that of the configuration, not of this installation.
function(pkg_config variable)
  set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
  execute_process(COMMAND ${PKG_CONFIG} --define-variable=prefix=${prefix} ${ARGN} ottava
    OUTPUT_VARIABLE flags RESULT_VARIABLE result OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "pkg-config does not take ottava.pc")
  endif()
  separate_arguments(flags UNIX_COMMAND "${flags}")
  set(${variable} ${flags} PARENT_SCOPE)
endfunction()
pkg_config(cflags --cflags)
pkg_config(libs --libs)
pkg_config(static_libs --libs --static)
if(SHARED)
  run_or_fail("pkg-config, shared" ${C_COMPILER} ${cflags} ${SOURCE}/consumer.c -o ${SCRATCH}/pkg_shared ${libs})
  run_or_fail("a shared user by pkg-config" ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${prefix}/${LIBDIR}
    ${SCRATCH}/pkg_shared)
endif()
# The archive by name, as a linker prefers the shared library beside it.
list(TRANSFORM static_libs REPLACE "^-lottava$" "-l:libottava.a")
run_or_fail("pkg-config, static" ${C_COMPILER} ${cflags} ${SOURCE}/consumer.c -o ${SCRATCH}/pkg_static ${static_libs})
run_or_fail("a static user by pkg-config" ${SCRATCH}/pkg_static)
