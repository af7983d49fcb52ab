# Every global symbol that the static library defines begins with ottava_, or lies in namespace ottava: it shares one
# flat space of names with the program it is linked to.
#   cmake -DNM=... -DARCHIVE=libottava.a -P check_archive_symbols.cmake
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND ${NM} -P -g --defined-only ${ARCHIVE} OUTPUT_VARIABLE table RESULT_VARIABLE result)
string(REGEX MATCHALL "[^\n]+ [A-Za-z] [^\n]*\n" lines "${table}")
list(LENGTH lines count)
if(NOT result EQUAL 0 OR count LESS 20)
  message(FATAL_ERROR "${NM} finds ${count} symbols in ${ARCHIVE}")
endif()
foreach(line ${lines})
  string(REGEX REPLACE " .*" "" symbol ${line})
  # _ZN6ottava..., with what may stand between: Z (local entity), T. (tables), GV (guard), K, V, R, O (qualifiers).
  if(NOT symbol MATCHES "^(ottava_|_Z(Z|T[A-Za-z]|GV)*N[KVRO]*6ottava)")
    message(SEND_ERROR "${symbol} is global in the static library and lacks the prefix ottava_")
  endif()
endforeach()
message(STATUS "${count} global symbols")
