# The tests that run on a core without an operating system: images as those of examples/firmware, but they reach into the
# library, as the tests of kernels on other machines do.
set(board ${PROJECT_SOURCE_DIR}/examples/firmware/board) # for ottava_add_image
function(ottava_add_test_image name)
  ottava_add_image(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_options(${name} PRIVATE -O1 $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)
  add_test(NAME "firmware: ${name} on ${OTTAVA_BOARD}" COMMAND ${OTTAVA_FIRMWARE_EMULATOR} $<TARGET_FILE:${name}>)
  set_tests_properties("firmware: ${name} on ${OTTAVA_BOARD}" PROPERTIES TIMEOUT 120)
endfunction()

if(cortexm_dsp IN_LIST OTTAVA_TIERS)
  ottava_add_test_image(kernels_cortexm_dsp ${PROJECT_SOURCE_DIR}/tests/firmware/kernels_cortexm_dsp.cpp)
endif()
if(cortexm_mve IN_LIST OTTAVA_TIERS)
  ottava_add_test_image(kernels_cortexm_mve ${PROJECT_SOURCE_DIR}/tests/firmware/kernels_cortexm_mve.cpp)
endif()
