# Installation: libraries, headers, CMake package, pkg-config file, the command with its man page and completions. The two libraries are components, so that a user of the
# shared one need not have what the static one is linked with.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ottava)
install(TARGETS ottava_static EXPORT ottavaStaticTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT ottavaStaticTargets NAMESPACE ottava:: DESTINATION ${package_dir} COMPONENT development)
if(TARGET ottava_shared)
  install(TARGETS ottava_shared EXPORT ottavaSharedTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT library)
  install(EXPORT ottavaSharedTargets NAMESPACE ottava:: DESTINATION ${package_dir} COMPONENT development)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ottava DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatibility SameMinorVersion) # as OTTAVA_ABI has it
else()
  set(compatibility SameMajorVersion)
endif()
set(OTTAVA_STATIC_DEPENDENCIES "")
if(OTTAVA_CPUINFO)
  list(APPEND OTTAVA_STATIC_DEPENDENCIES CpuinfoLibrary)
endif()
if(OTTAVA_PTHREADPOOL)
  list(APPEND OTTAVA_STATIC_DEPENDENCIES PthreadpoolLibrary)
endif()
list(JOIN OTTAVA_STATIC_DEPENDENCIES " " OTTAVA_STATIC_DEPENDENCIES)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ottavaConfig.cmake.in
  ${PROJECT_BINARY_DIR}/ottavaConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ottavaConfigVersion.cmake COMPATIBILITY ${compatibility})
install(FILES ${PROJECT_BINARY_DIR}/ottavaConfig.cmake ${PROJECT_BINARY_DIR}/ottavaConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindCpuinfoLibrary.cmake ${PROJECT_SOURCE_DIR}/cmake/FindPthreadpoolLibrary.cmake
  DESTINATION ${package_dir} COMPONENT development)

set(OTTAVA_PRIVATE_LIBS "")
if(OTTAVA_CPUINFO)
  string(APPEND OTTAVA_PRIVATE_LIBS " -lcpuinfo")
  foreach(library IN LISTS CMAKE_DL_LIBS)
    string(APPEND OTTAVA_PRIVATE_LIBS " -l${library}")
  endforeach()
endif()
if(OTTAVA_PTHREADPOOL)
  string(APPEND OTTAVA_PRIVATE_LIBS " -lpthreadpool")
endif()
# Relative to the file itself where that is possible: `cmake --install --prefix` may move everything.
set(OTTAVA_PC_LIBDIR \${prefix}/${CMAKE_INSTALL_LIBDIR})
set(OTTAVA_PC_INCLUDEDIR \${prefix}/${CMAKE_INSTALL_INCLUDEDIR})
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(OTTAVA_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(OTTAVA_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
else()
  file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  set(OTTAVA_PC_PREFIX \${pcfiledir}/${to_prefix})
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(OTTAVA_PC_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/ottava.pc.in ${PROJECT_BINARY_DIR}/ottava.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ottava.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

if(TARGET ottava_command)
  set(share ${PROJECT_SOURCE_DIR}/capi/tools/share)
  set(man_page ${share}/ottava.1)
  find_program(OTTAVA_GZIP gzip)
  mark_as_advanced(OTTAVA_GZIP)
  if(OTTAVA_GZIP) # as Debian wants it, and every man reads it
    set(man_page ${PROJECT_BINARY_DIR}/ottava.1.gz)
    execute_process(COMMAND ${OTTAVA_GZIP} -9nc ${share}/ottava.1 OUTPUT_FILE ${man_page})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${share}/ottava.1)
  endif()
  install(FILES ${man_page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
  install(FILES ${share}/ottava.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ottava
    COMPONENT tools)
  install(FILES ${share}/ottava.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT tools)
endif()
foreach(program ottava-info ottava_command)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
  endif()
endforeach()
