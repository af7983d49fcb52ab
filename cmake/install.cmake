# Installation: libraries, headers, CMake package, pkg-config file.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ottava)
set(targets ottava_static)
if(TARGET ottava_shared)
  list(APPEND targets ottava_shared)
endif()
install(TARGETS ${targets} EXPORT ottavaTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ottava DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT ottavaTargets NAMESPACE ottava:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ottavaConfig.cmake.in
  ${PROJECT_BINARY_DIR}/ottavaConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ottavaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ottavaConfig.cmake ${PROJECT_BINARY_DIR}/ottavaConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindCpuinfoLibrary.cmake ${PROJECT_SOURCE_DIR}/cmake/FindPthreadpoolLibrary.cmake
  DESTINATION ${package_dir})

set(OTTAVA_PRIVATE_LIBS "")
if(OTTAVA_CPUINFO)
  string(APPEND OTTAVA_PRIVATE_LIBS " -lcpuinfo")
endif()
if(OTTAVA_PTHREADPOOL)
  string(APPEND OTTAVA_PRIVATE_LIBS " -lpthreadpool")
endif()
# Relative to the file itself: `cmake --install --prefix` may move everything.
file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(OTTAVA_PC_PREFIX "\${pcfiledir}/${to_prefix}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/ottava.pc.in ${PROJECT_BINARY_DIR}/ottava.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ottava.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
