# Warnings and sanitizers, for every target of the project. ottava_warnings is linked PRIVATE.
add_library(ottava_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  set(strict -Wall -Wextra -Wshadow $<$<BOOL:${OTTAVA_WERROR}>:-Werror>)
  target_compile_options(ottava_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:${strict};-Wconversion;-Wsign-conversion>
    $<$<COMPILE_LANGUAGE:C>:${strict};-Wconversion>)
endif()

if(OTTAVA_SANITIZE)
  set(sanitize -fsanitize=${OTTAVA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(ottava_warnings INTERFACE $<$<COMPILE_LANGUAGE:C,CXX>:${sanitize}>)
  # Consumers of a sanitized static library need the runtime as well.
  add_link_options(${sanitize})
endif()

# Checks that kernels are compiled without. That of each address that is computed trebles the time of compiling inlined
# intrinsics; what is read or written at such an address is still checked. The address sanitizer sees every access to
# nothing or beyond an object: to check that once more would make it half as long again.
set(OTTAVA_SPARED_CHECKS -fno-sanitize=pointer-overflow)
if(OTTAVA_SANITIZE MATCHES address)
  list(APPEND OTTAVA_SPARED_CHECKS -fno-sanitize=null,object-size)
  # The checks themselves are calls: inline, they would be most of the code, and take half as long again to compile.
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    list(APPEND OTTAVA_SPARED_CHECKS -fsanitize-address-outline-instrumentation)
  endif()
endif()
