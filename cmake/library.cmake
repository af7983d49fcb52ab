# libottava, static and shared, from one set of object files.
#
# The core (all but src/hosted) is freestanding: no exceptions, no RTTI, no C++ library. So the libraries link with
# the C driver and C programs need no C++ runtime.
set(source ${PROJECT_SOURCE_DIR}/src)
set(core_sources
  ${source}/base/text.cpp
  ${source}/cpu/arm_cores.cpp
  ${source}/cpu/detect.cpp
  ${source}/cpu/detect_arm.cpp
  ${source}/cpu/detect_x86.cpp
  ${source}/cpu/machine.cpp
  ${source}/cpu/proc_cpuinfo.cpp
  ${source}/cpu/tiers.cpp
  ${source}/output/activation.cpp
  ${source}/output/addition_plan.cpp
  ${source}/output/arithmetic.cpp
  ${source}/output/factor.cpp
  ${source}/output/output_plan.cpp
  ${source}/output/fixed_tanh.cpp
  ${source}/output/functions.cpp
  ${source}/output/parameters.cpp
  ${source}/output/portable_addition.cpp
  ${source}/output/portable_quantize.cpp
  ${source}/output/portable_stage.cpp
  ${source}/output/quantize.cpp
  ${source}/output/saturation.cpp
  ${source}/output/uniform_stage.cpp
  ${source}/output/validate_output.cpp
  ${source}/kernels/depthwise_registry.cpp
  ${source}/kernels/layouts.cpp
  ${source}/kernels/pooling_registry.cpp
  ${source}/kernels/registry.cpp
  ${source}/kernels/generic/depthwise.cpp
  ${source}/kernels/generic/pack.cpp
  ${source}/kernels/generic/pooling.cpp
  ${source}/kernels/generic/s8s8s32_4x8x2.cpp
  ${source}/kernels/generic/s8s8s32_indirect_4x8x2.cpp
  ${OTTAVA_TIER_SOURCES}
  ${source}/contraction/blocking.cpp
  ${source}/contraction/exactness.cpp
  ${source}/contraction/in_place.cpp
  ${source}/contraction/pack.cpp
  ${source}/contraction/packed_file.cpp
  ${source}/contraction/panels.cpp
  ${source}/contraction/plan.cpp
  ${source}/contraction/predict.cpp
  ${source}/contraction/repack.cpp
  ${source}/contraction/route.cpp
  ${source}/contraction/row_table.cpp
  ${source}/contraction/run.cpp
  ${source}/contraction/small_m.cpp
  ${source}/contraction/target.cpp
  ${source}/contraction/tile.cpp
  ${source}/contraction/weights.cpp
  ${source}/operators/overlap.cpp
  ${source}/operators/placement.cpp
  ${source}/operators/layer.cpp
  ${source}/operators/packed_layer.cpp
  ${source}/operators/validate_channels.cpp
  ${source}/operators/window.cpp
  ${source}/operators/add/add.cpp
  ${source}/operators/add/packed.cpp
  ${source}/operators/conv2d/conv2d.cpp
  ${source}/operators/conv2d/packed.cpp
  ${source}/operators/conv2d/rows.cpp
  ${source}/operators/convolution/contraction_set.cpp
  ${source}/operators/convolution/packed.cpp
  ${source}/operators/convolution/problem.cpp
  ${source}/operators/depthwise/depthwise.cpp
  ${source}/operators/depthwise/packed.cpp
  ${source}/operators/depthwise/run.cpp
  ${source}/operators/matmul/apart.cpp
  ${source}/operators/matmul/bind.cpp
  ${source}/operators/matmul/bound.cpp
  ${source}/operators/matmul/call.cpp
  ${source}/operators/matmul/matmul.cpp
  ${source}/operators/matmul/packed.cpp
  ${source}/operators/matmul/validate.cpp
  ${source}/operators/pool2d/packed.cpp
  ${source}/operators/pool2d/pool2d.cpp
  ${source}/operators/transposed/packed.cpp
  ${source}/operators/transposed/transposed.cpp
  ${source}/tuning/line.cpp
  ${source}/tuning/plan.cpp
  ${source}/tuning/problem.cpp
  ${source}/tuning/statistics.cpp
  ${source}/tuning/text.cpp
  ${source}/tuning/tuning.cpp
  ${PROJECT_SOURCE_DIR}/capi/add.cpp
  ${PROJECT_SOURCE_DIR}/capi/api.cpp
  ${PROJECT_SOURCE_DIR}/capi/bound.cpp
  ${PROJECT_SOURCE_DIR}/capi/context.cpp
  ${PROJECT_SOURCE_DIR}/capi/conv2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/convolution.cpp
  ${PROJECT_SOURCE_DIR}/capi/defaults.cpp
  ${PROJECT_SOURCE_DIR}/capi/depthwise_conv2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/derive.cpp
  ${PROJECT_SOURCE_DIR}/capi/kernel_name.cpp
  ${PROJECT_SOURCE_DIR}/capi/layers.cpp
  ${PROJECT_SOURCE_DIR}/capi/matmul.cpp
  ${PROJECT_SOURCE_DIR}/capi/output.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_add.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_any.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_conv2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_depthwise_conv2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_pool2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_source.cpp
  ${PROJECT_SOURCE_DIR}/capi/packed_transposed_conv2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/parameters.cpp
  ${PROJECT_SOURCE_DIR}/capi/parts.cpp
  ${PROJECT_SOURCE_DIR}/capi/pool2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/output_stage.cpp
  ${PROJECT_SOURCE_DIR}/capi/requantize.cpp
  ${PROJECT_SOURCE_DIR}/capi/quantization.cpp
  ${PROJECT_SOURCE_DIR}/capi/query.cpp
  ${PROJECT_SOURCE_DIR}/capi/route.cpp
  ${PROJECT_SOURCE_DIR}/capi/run.cpp
  ${PROJECT_SOURCE_DIR}/capi/status.cpp
  ${PROJECT_SOURCE_DIR}/capi/transposed_conv2d.cpp
  ${PROJECT_SOURCE_DIR}/capi/tune.cpp
  ${PROJECT_SOURCE_DIR}/capi/tune_contest.cpp
  ${PROJECT_SOURCE_DIR}/capi/tune_search.cpp
  ${PROJECT_SOURCE_DIR}/capi/tune_workload.cpp
  ${PROJECT_SOURCE_DIR}/capi/tuning.cpp)
set(hosted_sources
  ${source}/hosted/file.cpp
  ${source}/hosted/host.cpp
  ${source}/hosted/probe.cpp
  ${source}/hosted/probe_arm.cpp
  ${source}/hosted/probe_cores.cpp
  ${source}/hosted/probe_library.cpp
  ${source}/hosted/probe_x86.cpp)

set(core_flags "")
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  # No contraction: a fused multiply-add rounds once where the rules round twice, on some CPUs only.
  set(core_flags -fno-exceptions -fno-rtti -fno-threadsafe-statics -ffp-contract=off)
  # A project that has this one as a part may name no configuration, and would get kernels 30 times slower in silence.
  list(APPEND core_flags $<$<NOT:$<CONFIG:Debug,MinSizeRel>>:-O3>)
  if(NOT OTTAVA_HOSTED)
    list(APPEND core_flags -ffunction-sections -fdata-sections) # an image takes what it uses (-Wl,--gc-sections)
  endif()
endif()

if(OTTAVA_ARCHITECTURE STREQUAL arm64)
  list(APPEND core_flags -ffixed-x18) # belongs to the platform on several systems
endif()

add_library(ottava_core OBJECT ${core_sources})
target_compile_options(ottava_core PRIVATE ${core_flags} $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-ffreestanding>)
target_compile_definitions(ottava_core PRIVATE ${OTTAVA_TIER_DEFINITIONS})
if(OTTAVA_FUZZ)
  target_compile_options(ottava_core PRIVATE -fsanitize=fuzzer-no-link) # what libFuzzer steers by
endif()
set(object_libraries ottava_core)
set(dependencies "")

if(OTTAVA_HOSTED)
  add_library(ottava_hosted OBJECT ${hosted_sources})
  target_compile_options(ottava_hosted PRIVATE ${core_flags})
  list(APPEND object_libraries ottava_hosted)
  if(OTTAVA_CPUINFO)
    find_package(CpuinfoLibrary REQUIRED)
    target_compile_definitions(ottava_hosted PRIVATE OTTAVA_WITH_CPUINFO=1)
    target_link_libraries(ottava_hosted PRIVATE CpuinfoLibrary::cpuinfo)
    list(APPEND dependencies CpuinfoLibrary::cpuinfo ${CMAKE_DL_LIBS})
  endif()
  if(OTTAVA_PTHREADPOOL)
    find_package(PthreadpoolLibrary REQUIRED)
    target_compile_definitions(ottava_hosted PRIVATE OTTAVA_WITH_PTHREADPOOL=1)
    target_link_libraries(ottava_hosted PRIVATE PthreadpoolLibrary::pthreadpool)
    list(APPEND dependencies PthreadpoolLibrary::pthreadpool)
  endif()
endif()

set(objects "")
foreach(library ${object_libraries})
  target_include_directories(${library} PRIVATE ${source} ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(${library} PRIVATE ottava_warnings)
  target_compile_definitions(${library} PRIVATE OTTAVA_BUILDING OTTAVA_HOSTED=$<BOOL:${OTTAVA_HOSTED}>)
  set_target_properties(${library} PROPERTIES
    INTERPROCEDURAL_OPTIMIZATION OFF # never across files with different ISA flags
    POSITION_INDEPENDENT_CODE ${OTTAVA_HOSTED} # firmware's tables of pointers lie in flash
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  list(APPEND objects $<TARGET_OBJECTS:${library}>)
endforeach()

# The objects hold C++ that needs no C++ runtime: keep CMake from adding one where the C driver links them.
# (Clang's sanitizers do need one, for type information.)
if(NOT OTTAVA_SANITIZE)
  set(CMAKE_CXX_IMPLICIT_LINK_LIBRARIES "")
endif()

function(ottava_finish_library target)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ottava LINKER_LANGUAGE C)
endfunction()

add_library(ottava_static STATIC ${objects})
add_library(ottava::ottava_static ALIAS ottava_static)
ottava_finish_library(ottava_static)
target_link_libraries(ottava_static PRIVATE ${dependencies})

if(OTTAVA_SHARED_LIBRARY)
  if(WIN32)
    target_compile_definitions(ottava_core PRIVATE OTTAVA_SHARED)
  endif()
  add_library(ottava_shared SHARED ${objects})
  add_library(ottava::ottava_shared ALIAS ottava_shared)
  ottava_finish_library(ottava_shared)
  target_compile_definitions(ottava_shared INTERFACE OTTAVA_SHARED)
  set_target_properties(ottava_shared PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${OTTAVA_ABI} LINK_DEPENDS ${OTTAVA_LINKER_MAP})
  target_link_libraries(ottava_shared PRIVATE ${dependencies})
  if(APPLE)
    target_link_options(ottava_shared PRIVATE -Wl,-exported_symbols_list,${OTTAVA_LINKER_LIST})
  elseif(UNIX)
    # Bsymbolic: its functions call each other, never those of another version that the program has linked.
    target_link_options(ottava_shared PRIVATE -Wl,--version-script=${OTTAVA_LINKER_MAP} -Wl,-Bsymbolic)
    if(NOT OTTAVA_SANITIZE) # sanitizer runtimes come with the program
      target_link_options(ottava_shared PRIVATE -Wl,-z,defs)
    endif()
  endif()
endif()

# As CMake's users expect of a library that says neither.
if(BUILD_SHARED_LIBS AND OTTAVA_SHARED_LIBRARY)
  add_library(ottava::ottava ALIAS ottava_shared)
else()
  add_library(ottava::ottava ALIAS ottava_static)
endif()
