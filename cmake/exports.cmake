# One promise, told by the soname, the version of the symbols and the CMake package: what was built against this version
# runs with every later one of the same OTTAVA_ABI. Before 1.0 the minor version may break it.
set(OTTAVA_ABI ${PROJECT_VERSION_MAJOR})
if(OTTAVA_ABI EQUAL 0)
  set(OTTAVA_ABI 0.${PROJECT_VERSION_MINOR})
endif()

# The linker map of the shared library, made from capi/exports.inc, the one list of exported functions.
set(exports_list ${PROJECT_SOURCE_DIR}/capi/exports.inc)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${exports_list})
file(STRINGS ${exports_list} exports REGEX "^OTTAVA_EXPORT\\(")
list(TRANSFORM exports REPLACE "^OTTAVA_EXPORT\\(([a-z0-9_]+),.*$" "\\1")

set(OTTAVA_LINKER_MAP ${PROJECT_BINARY_DIR}/ottava.map)
list(JOIN exports ";\n    " symbols)
file(CONFIGURE OUTPUT ${OTTAVA_LINKER_MAP} CONTENT "OTTAVA_${OTTAVA_ABI} {\n  global:\n    ${symbols};\n  local:\n    *;\n};\n" @ONLY)

set(OTTAVA_LINKER_LIST ${PROJECT_BINARY_DIR}/ottava.symbols) # the same for Apple's linker
list(JOIN exports "\n_" symbols)
file(CONFIGURE OUTPUT ${OTTAVA_LINKER_LIST} CONTENT "_${symbols}\n" @ONLY)
