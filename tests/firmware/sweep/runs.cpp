#include "runs.h"

#include "ottava/ottava.h"

namespace {
std::map<std::string, unsigned long> runs;
}

extern "C" {

ottava_status __real_ottava_matmul_run(const ottava_matmul*, int64_t, const void*, int64_t, void*, int64_t, void*,
                                       uint64_t, ottava_error*);
ottava_status __wrap_ottava_matmul_run(const ottava_matmul* operation, int64_t m, const void* lhs, int64_t lhs_stride,
                                       void* dst, int64_t dst_stride, void* workspace, uint64_t workspace_bytes,
                                       ottava_error* error) {
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_matmul_query(operation, m, &info, nullptr);
  ++runs[info.kernel];
  return __real_ottava_matmul_run(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
}

ottava_status __real_ottava_matmul_execute(const ottava_matmul*, const ottava_matmul_run_desc*,
                                           const ottava_matmul_operands*, ottava_error*);
ottava_status __wrap_ottava_matmul_execute(const ottava_matmul* operation, const ottava_matmul_run_desc* run,
                                           const ottava_matmul_operands* operands, ottava_error* error) {
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_matmul_query(operation, run->m, &info, nullptr);
  ++runs[info.kernel];
  return __real_ottava_matmul_execute(operation, run, operands, error);
}

ottava_status __real_ottava_layer_run(const ottava_layer*, const ottava_layer_run_desc*, const ottava_layer_operands*,
                                      ottava_error*);
ottava_status __wrap_ottava_layer_run(const ottava_layer* layer, const ottava_layer_run_desc* run,
                                      const ottava_layer_operands* operands, ottava_error* error) {
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  ottava_layer_query(layer, run, &info, nullptr);
  ++runs[info.kernel];
  return __real_ottava_layer_run(layer, run, operands, error);
}

ottava_status __real_ottava_requantize(const ottava_context*, const ottava_output*, float, int64_t, const int32_t*,
                                       void*, ottava_error*);
ottava_status __wrap_ottava_requantize(const ottava_context* context, const ottava_output* output, float scale,
                                       int64_t count, const int32_t* from, void* to, ottava_error* error) {
  ++runs["requantize"];
  return __real_ottava_requantize(context, output, scale, count, from, to, error);
}

ottava_status __real_ottava_quantize(const ottava_context*, uint32_t, uint32_t, float, int32_t, int64_t, const float*,
                                     void*, ottava_error*);
ottava_status __wrap_ottava_quantize(const ottava_context* context, uint32_t quantization, uint32_t type, float scale,
                                     int32_t zero_point, int64_t count, const float* from, void* to,
                                     ottava_error* error) {
  ++runs["quantize"];
  return __real_ottava_quantize(context, quantization, type, scale, zero_point, count, from, to, error);
}

ottava_status __real_ottava_quantize_rows(const ottava_context*, uint32_t, int64_t, int64_t, const float*, int64_t,
                                          void*, int64_t, float*, int32_t*, ottava_error*);
ottava_status __wrap_ottava_quantize_rows(const ottava_context* context, uint32_t quantization, int64_t rows,
                                          int64_t columns, const float* from, int64_t from_stride, void* to,
                                          int64_t to_stride, float* scales, int32_t* zero_points, ottava_error* error) {
  ++runs["quantize_rows"];
  return __real_ottava_quantize_rows(context, quantization, rows, columns, from, from_stride, to, to_stride, scales,
                                     zero_points, error);
}

ottava_status __real_ottava_dequantize(const ottava_context*, uint32_t, float, int32_t, int64_t, const void*, float*,
                                       ottava_error*);
ottava_status __wrap_ottava_dequantize(const ottava_context* context, uint32_t type, float scale, int32_t zero_point,
                                       int64_t count, const void* from, float* to, ottava_error* error) {
  ++runs["dequantize"];
  return __real_ottava_dequantize(context, type, scale, zero_point, count, from, to, error);
}

}  // extern "C"

namespace ottava {

std::map<std::string, unsigned long> take_runs() {
  std::map<std::string, unsigned long> taken;
  taken.swap(runs);
  return taken;
}

}  // namespace ottava
