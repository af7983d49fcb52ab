# Debian packages, by `cpack` in a build folder: the library, what compiles and links against it, and the tools.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL library development tools)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(OTTAVA_PACKAGER "The ottava developers <ottava@packages.invalid>" CACHE STRING "Who answers for the Debian packages")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${OTTAVA_PACKAGER})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libottava${OTTAVA_ABI})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "8-bit quantized networks on CPUs: the library
 Products of 8-bit matrices and the layers of quantized networks, with bias,
 requantization and activation in the same pass, by the kernels that suit the
 CPU at hand, with the same bits on every CPU.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libottava-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DEPENDS library)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "8-bit quantized networks on CPUs: headers and static library
 C headers, the static library and files for CMake and pkg-config. Programs
 that link the static library link cpuinfo and pthreadpool too.")
if(OTTAVA_CPUINFO AND OTTAVA_PTHREADPOOL) # of the static library alone
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "libcpuinfo-dev, libpthreadpool-dev")
endif()
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME ottava-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_TOOLS_DEPENDS library)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "8-bit quantized networks on CPUs: tools
 ottava tells what the library finds on a machine and how it computes there,
 times it, verifies it against a reference, tunes it, and packs weights into
 files for any CPU. ottava-info prints the first of these alone.")

# What Debian wants of each package; no part of an installation by hand.
if(OTTAVA_GZIP)
  set(changelog ${PROJECT_BINARY_DIR}/debian/changelog.Debian)
  string(TIMESTAMP OTTAVA_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/debian/changelog.in ${changelog} @ONLY)
  execute_process(COMMAND ${OTTAVA_GZIP} -9nf ${changelog})
  foreach(component LIBRARY DEVELOPMENT TOOLS)
    string(TOLOWER ${component} name)
    install(FILES ${changelog}.gz ${PROJECT_SOURCE_DIR}/cmake/debian/copyright
      DESTINATION share/doc/${CPACK_DEBIAN_${component}_PACKAGE_NAME} COMPONENT ${name} EXCLUDE_FROM_ALL)
  endforeach()
endif()
include(CPack)
