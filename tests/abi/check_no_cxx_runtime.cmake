# Neither the shared library nor a C program with the static one needs a C++ runtime.
#   cmake -DREADELF=... -DPROGRAMS=<files> -P check_no_cxx_runtime.cmake
cmake_minimum_required(VERSION 3.22)
foreach(program ${PROGRAMS})
  execute_process(COMMAND ${READELF} -d ${program} OUTPUT_VARIABLE table RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT table MATCHES "NEEDED")
    message(SEND_ERROR "${READELF} finds no dependencies in ${program}")
  endif()
  if(table MATCHES "(lib(std)?c\\+\\+[^]]*)")
    message(SEND_ERROR "${program} needs ${CMAKE_MATCH_1}")
  endif()
endforeach()
