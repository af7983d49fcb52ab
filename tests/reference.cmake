# What programs hold the library to, for the tests and for the command `ottava`: the reference, and what is made of it.
include_guard(GLOBAL)

# The reference alone: it knows nothing of the library.
add_library(ottava_oracle OBJECT)
target_sources(ottava_oracle PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/oracle/convolution.cpp
  ${CMAKE_CURRENT_LIST_DIR}/oracle/elementwise.cpp
  ${CMAKE_CURRENT_LIST_DIR}/oracle/oracle.cpp
  ${CMAKE_CURRENT_LIST_DIR}/oracle/parameters.cpp
  ${CMAKE_CURRENT_LIST_DIR}/oracle/quantize.cpp)

# Conformance vectors: those that the reference gives, and what holds the library to a folder of them.
add_library(ottava_vectors OBJECT)
target_sources(ottava_vectors PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/conformance/generate.cpp
  ${CMAKE_CURRENT_LIST_DIR}/conformance/generate_matmul.cpp
  ${CMAKE_CURRENT_LIST_DIR}/conformance/generate_quantize.cpp
  ${CMAKE_CURRENT_LIST_DIR}/conformance/generate_requantize.cpp
  ${CMAKE_CURRENT_LIST_DIR}/conformance/parameters.cpp
  ${CMAKE_CURRENT_LIST_DIR}/conformance/vectors.cpp)
add_library(ottava_vector_check OBJECT)
target_sources(ottava_vector_check PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/conformance/check.c
  ${CMAKE_CURRENT_LIST_DIR}/conformance/compute.c
  ${CMAKE_CURRENT_LIST_DIR}/conformance/read.c
  ${CMAKE_CURRENT_LIST_DIR}/conformance/run_matmul.c
  ${CMAKE_CURRENT_LIST_DIR}/conformance/run_quantize.c
  ${CMAKE_CURRENT_LIST_DIR}/conformance/run_requantize.c)
set_target_properties(ottava_vector_check PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)

# Operators drawn at random and run beside the reference, for a program without Catch2.
add_library(ottava_cases OBJECT EXCLUDE_FROM_ALL)
target_sources(ottava_cases PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/operators/combination.cpp
  ${CMAKE_CURRENT_LIST_DIR}/operators/combination_check.cpp
  ${CMAKE_CURRENT_LIST_DIR}/operators/combination_draw.cpp
  ${CMAKE_CURRENT_LIST_DIR}/operators/convolution_case.cpp
  ${CMAKE_CURRENT_LIST_DIR}/operators/pool_case.cpp
  ${CMAKE_CURRENT_LIST_DIR}/operators/sum_case.cpp
  ${CMAKE_CURRENT_LIST_DIR}/support/guarded_buffer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/support/guarded_pages.cpp)
target_compile_definitions(ottava_cases PUBLIC OTTAVA_TEST_WITHOUT_CATCH)

foreach(target ottava_oracle ottava_vectors ottava_vector_check ottava_cases)
  target_include_directories(${target} PUBLIC
    ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/support ${CMAKE_CURRENT_LIST_DIR}/operators)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>)
  target_link_libraries(${target} PRIVATE ottava_warnings)
endforeach()
