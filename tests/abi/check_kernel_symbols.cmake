# No object file of src/kernels/<folder>/ defines a weak symbol. A weak function is one copy of many (an inline
# function, a template); the linker keeps any of them, perhaps the one compiled with instructions that this CPU
# lacks.
#   cmake -DNM=... -DOBJECTS=<list file> -DTIERS=<tiers built> -P check_kernel_symbols.cmake
cmake_minimum_required(VERSION 3.22)
file(STRINGS ${OBJECTS} objects)
list(FILTER objects INCLUDE REGEX "/src/kernels/[^/]+/.+$")

string(REPLACE " " ";" tiers "${TIERS}")
foreach(tier ${tiers})
  string(REPLACE "portable" "generic" folder ${tier})
  if(NOT objects MATCHES "/src/kernels/${folder}/")
    message(SEND_ERROR "no object file of the tier ${tier} among those of the library")
  endif()
endforeach()

foreach(object ${objects})
  execute_process(COMMAND ${NM} -P ${object} OUTPUT_VARIABLE table RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR table STREQUAL "")
    message(SEND_ERROR "${NM} finds nothing in ${object}")
  endif()
  string(REGEX MATCHALL "[^\n]+ [VvWwu]( [^\n]*)?\n" weak "${table}")
  foreach(line ${weak})
    string(REGEX REPLACE " .*" "" symbol ${line})
    string(REGEX REPLACE ".*/src/" "src/" file ${object})
    message(SEND_ERROR "${file} defines or wants a weak symbol: ${symbol}")
  endforeach()
endforeach()
list(LENGTH objects count)
message(STATUS "${count} object files of kernels")
