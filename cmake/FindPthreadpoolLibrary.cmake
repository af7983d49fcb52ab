# Finds the pthreadpool library: PthreadpoolLibrary::pthreadpool.
find_path(PthreadpoolLibrary_INCLUDE_DIR pthreadpool.h)
find_library(PthreadpoolLibrary_LIBRARY pthreadpool)
mark_as_advanced(PthreadpoolLibrary_INCLUDE_DIR PthreadpoolLibrary_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PthreadpoolLibrary
  REQUIRED_VARS PthreadpoolLibrary_LIBRARY PthreadpoolLibrary_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Debian: libpthreadpool-dev, or configure with -DOTTAVA_PTHREADPOOL=OFF")
if(PthreadpoolLibrary_FOUND AND NOT TARGET PthreadpoolLibrary::pthreadpool)
  add_library(PthreadpoolLibrary::pthreadpool UNKNOWN IMPORTED)
  set_target_properties(PthreadpoolLibrary::pthreadpool PROPERTIES
    IMPORTED_LOCATION ${PthreadpoolLibrary_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${PthreadpoolLibrary_INCLUDE_DIR})
endif()
