# Finds the cpuinfo library: CpuinfoLibrary::cpuinfo. By file, as its own CMake and pkg-config files name the
# library directory of one architecture and so do not serve cross builds.
find_path(CpuinfoLibrary_INCLUDE_DIR cpuinfo.h)
find_library(CpuinfoLibrary_LIBRARY cpuinfo)
mark_as_advanced(CpuinfoLibrary_INCLUDE_DIR CpuinfoLibrary_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CpuinfoLibrary
  REQUIRED_VARS CpuinfoLibrary_LIBRARY CpuinfoLibrary_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Debian: libcpuinfo-dev, or configure with -DOTTAVA_CPUINFO=OFF")
if(CpuinfoLibrary_FOUND AND NOT TARGET CpuinfoLibrary::cpuinfo)
  add_library(CpuinfoLibrary::cpuinfo UNKNOWN IMPORTED)
  set_target_properties(CpuinfoLibrary::cpuinfo PROPERTIES
    IMPORTED_LOCATION ${CpuinfoLibrary_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${CpuinfoLibrary_INCLUDE_DIR})
endif()
