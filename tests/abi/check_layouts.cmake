# Each kernel of src/kernels/kernels.inc, of whatever architecture, has its line in src/kernels/layouts.inc, in the same
# order, and no other has one.
#   cmake -DROOT=<project> -P check_layouts.cmake
cmake_minimum_required(VERSION 3.22)

function(collect variable file macro)
  file(STRINGS ${ROOT}/src/kernels/${file} lines REGEX "^${macro}\\(")
  list(TRANSFORM lines REPLACE "^${macro}\\(([A-Za-z0-9_]+).*" "\\1")
  list(LENGTH lines count)
  if(count LESS 2)
    message(FATAL_ERROR "found ${count} kernels in ${file}: is ROOT right?")
  endif()
  set(${variable} "${lines}" PARENT_SCOPE)
endfunction()

collect(kernels kernels.inc OTTAVA_KERNEL)
collect(layouts layouts.inc OTTAVA_LAYOUT)
if(NOT kernels STREQUAL layouts)
  set(missing ${kernels})
  list(REMOVE_ITEM missing ${layouts})
  set(extra ${layouts})
  list(REMOVE_ITEM extra ${kernels})
  message(FATAL_ERROR "layouts.inc lacks [${missing}], has besides [${extra}]; both lists have one order")
endif()
