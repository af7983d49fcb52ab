// Tensors of floats and their 8-bit values: ranges, quantizing, dequantizing, on the calling thread.
#include "base/checked.h"
#include "boundary.h"
#include "handles.h"
#include "operators/overlap.h"
#include "operators/placement.h"
#include "output.h"
#include "output/quantize.h"

using namespace ottava;

namespace {

#define OTTAVA_SAME_QUANTIZATION(c_name, name) \
  static_assert(c_name == static_cast<uint32_t>(Quantization::name), "the C ABI pins this value")
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_NONE, none);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_DIVIDE, divide);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_MULTIPLY, multiply);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_TFLITE_SYMMETRIC, tflite_symmetric);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC, tflite_asymmetric);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_XNNPACK, xnnpack);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_KLEIDIAI, kleidiai);
OTTAVA_SAME_QUANTIZATION(OTTAVA_QUANTIZE_ONNX_DYNAMIC, onnx_dynamic);
#undef OTTAVA_SAME_QUANTIZATION
static_assert(OTTAVA_QUANTIZE_ONNX_DYNAMIC + 1 == kQuantizationCount, "every quantization is named above");

constexpr float kInfinity = __builtin_inff();

Status check_zero_point(int32_t zero_point, int32_t low, int32_t high, Error* error) {
  if (zero_point >= low && zero_point <= high) return Status::ok;
  error->set(Status::bad_zero_point, "zero_point")
      << "is " << zero_point << "; that of this type lies in [" << low << ", " << high << "]";
  return Status::bad_zero_point;
}

Status check_not_negative(int64_t value, const char* argument, Error* error) {
  if (value >= 0) return Status::ok;
  error->set(Status::bad_shape, argument) << "is " << value << "; it is 0 or more";
  return Status::bad_shape;
}

// A tensor of `count` elements, 0 or more, in the address space; memory may be null only if it has none.
Status check_tensor(const void* memory, int64_t count, size_t element_bytes, const char* argument, Error* error) {
  if (count == 0) return Status::ok;
  if (static_cast<uint64_t>(count) > static_cast<uint64_t>(PTRDIFF_MAX) / element_bytes) {
    error->set(Status::size_overflow, "count") << "is " << count << ": the tensor would not fit the address space";
    return Status::size_overflow;
  }
  return require(memory, argument, error);
}

// Tensors of `count` elements. In place, elements no larger than those they are made of never reach the next ones.
Status check_tensors_apart(const void* from, size_t from_bytes, const void* to, size_t to_bytes, int64_t count,
                           Error* error) {
  if (count == 0 || (to == from && to_bytes <= from_bytes)) return Status::ok;
  const size_t elements = static_cast<size_t>(count);
  return check_apart(region_of(to, elements * to_bytes), "to", region_of(from, elements * from_bytes), "from", error);
}

// What quantizing row by row writes, apart from what it has yet to read. `columns` may be 0, `rows` is at least 1.
Status check_rows_apart(size_t rows, size_t columns, const void* from, ptrdiff_t from_step, const void* to,
                        ptrdiff_t to_step, const float* scales, const int32_t* zero_points, Error* error) {
  const size_t line_bytes = columns * sizeof(float);
  const Region scale_values = region_of(scales, rows * sizeof(float));
  const Region zero_values = region_of(zero_points, rows * sizeof(int32_t));
  Status status = check_apart(scale_values, "scales", zero_values, "zero_points", error);
  if (status != Status::ok || columns == 0) return status;
  const Region source = region_of(reinterpret_cast<uintptr_t>(from), line_bytes, rows, from_step, 1, 0);
  const Region target = region_of(reinterpret_cast<uintptr_t>(to), columns, rows, to_step, 1, 0);
  if (!may_replace(from, line_bytes, from_step, to, to_step, rows)) {
    status = check_apart(target, "to", source, "from", error);
  }
  if (status == Status::ok) status = check_apart(scale_values, "scales", source, "from", error);
  if (status == Status::ok) status = check_apart(scale_values, "scales", target, "to", error);
  if (status == Status::ok) status = check_apart(zero_values, "zero_points", source, "from", error);
  if (status == Status::ok) status = check_apart(zero_values, "zero_points", target, "to", error);
  return status;
}

// `wanted_static`: which kind of quantization the function takes.
Status read_quantization(uint32_t value, bool wanted_static, Quantization* way, Error* error) {
  if (value >= static_cast<uint32_t>(kQuantizationCount)) {
    return refuse_listed("quantization", value,
                         wanted_static ? "OTTAVA_QUANTIZE_DIVIDE (1), OTTAVA_QUANTIZE_MULTIPLY (2)"
                                       : "OTTAVA_QUANTIZE_TFLITE_SYMMETRIC (3) to OTTAVA_QUANTIZE_ONNX_DYNAMIC (7)",
                         error);
  }
  *way = static_cast<Quantization>(value);
  if (wanted_static ? is_static(*way) : is_dynamic(*way)) return Status::ok;
  error->set(Status::unsupported, "quantization")
      << "is " << value << ", "
      << (*way == Quantization::none ? "OTTAVA_QUANTIZE_NONE, which leaves values as they are"
          : wanted_static            ? "dynamic: ottava_quantize_rows takes it"
                                     : "static: ottava_quantize takes it");
  return Status::unsupported;
}

}  // namespace

extern "C" ottava_status ottava_range(const ottava_context* context, int64_t count, const float* from, float* smallest,
                                      float* largest, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = check_not_negative(count, "count", words);
    if (status == Status::ok) status = check_tensor(from, count, sizeof(float), "from", words);
    if (status == Status::ok) status = require(smallest, "smallest", words);
    if (status == Status::ok) status = require(largest, "largest", words);
    if (status != Status::ok) return status;
    const Extremes found = context->quantize->extremes(from, sizeof(float), static_cast<size_t>(count));
    *smallest = found.smallest;
    *largest = found.largest;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_quantize(const ottava_context* context, uint32_t quantization, uint32_t type,
                                         float scale, int32_t zero_point, int64_t count, const float* from, void* to,
                                         ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    Quantization way = Quantization::none;
    if (status == Status::ok) status = read_quantization(quantization, true, &way, words);
    if (status == Status::ok && type != OTTAVA_TYPE_S8 && type != OTTAVA_TYPE_U8) {
      status = refuse_listed("type", type, "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)", words);
    }
    if (status == Status::ok) status = check_scale(scale, "scale", nullptr, words);
    if (status == Status::ok && way == Quantization::multiply && !(1.0f / scale < kInfinity)) {
      words->set(Status::bad_scale, "scale")
          << "is " << static_cast<double>(scale) << ", so small that its reciprocal is infinite";
      status = Status::bad_scale;
    }
    const bool is_unsigned = type == OTTAVA_TYPE_U8;
    const int32_t low = is_unsigned ? 0 : -128;
    if (status == Status::ok) status = check_zero_point(zero_point, low, low + 255, words);
    if (status == Status::ok) status = check_not_negative(count, "count", words);
    if (status == Status::ok) status = check_tensor(from, count, sizeof(float), "from", words);
    if (status == Status::ok) status = check_tensor(to, count, 1, "to", words);
    if (status == Status::ok) status = check_tensors_apart(from, sizeof(float), to, 1, count, words);
    if (status != Status::ok) return status;
    const QuantizeArgs args = {from, sizeof(float), static_cast<size_t>(count), static_cast<uint8_t*>(to),
                               static_quantization(way, scale, zero_point, is_unsigned)};
    context->quantize->quantize(&args);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_quantize_rows(const ottava_context* context, uint32_t quantization, int64_t rows,
                                              int64_t columns, const float* from, int64_t from_stride, void* to,
                                              int64_t to_stride, float* scales, int32_t* zero_points,
                                              ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    Quantization way = Quantization::none;
    if (status == Status::ok) status = read_quantization(quantization, false, &way, words);
    if (status == Status::ok) status = check_not_negative(rows, "rows", words);
    if (status == Status::ok) status = check_not_negative(columns, "columns", words);
    if (status != Status::ok || rows == 0) return status;

    Strides from_strides = {};
    Strides to_strides = {};
    if (columns != 0) {
      const auto place = [rows, columns](size_t element_bytes, int64_t stride, const char* argument) {
        return Placement{static_cast<uint64_t>(rows),
                         static_cast<uint64_t>(columns),
                         Order::row,
                         element_bytes,
                         stride,
                         argument,
                         0,
                         "",
                         1};
      };
      const Placement source = place(sizeof(float), from_stride, "from_stride");
      const Placement target = place(1, to_stride, "to_stride");
      status = require(from, "from", words);
      if (status == Status::ok) status = require(to, "to", words);
      if (status == Status::ok) status = check_dst_overlap(target, words);
      if (status == Status::ok) status = resolve_strides(source, &from_strides, words);
      if (status == Status::ok) status = resolve_strides(target, &to_strides, words);
    }
    if (status == Status::ok) status = require(scales, "scales", words);
    if (status == Status::ok) status = require(zero_points, "zero_points", words);
    // One value per row: rows that are all empty or all the same may be more than memory holds of these.
    if (status == Status::ok && static_cast<uint64_t>(rows) > static_cast<uint64_t>(PTRDIFF_MAX) / sizeof(float)) {
      words->set(Status::size_overflow, "rows") << "is " << rows << ": the scales would not fit the address space";
      status = Status::size_overflow;
    }
    const size_t count = static_cast<size_t>(columns);
    if (status == Status::ok) {
      status = check_rows_apart(static_cast<size_t>(rows), count, from, from_strides.row, to, to_strides.row, scales,
                                zero_points, words);
    }
    if (status != Status::ok) return status;

    const QuantizeRowsArgs args = {way,
                                   from,
                                   from_strides.row,
                                   sizeof(float),
                                   static_cast<size_t>(rows),
                                   count,
                                   static_cast<uint8_t*>(to),
                                   to_strides.row,
                                   scales,
                                   zero_points};
    context->quantize->quantize_rows(&args);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_dequantize(const ottava_context* context, uint32_t type, float scale,
                                           int32_t zero_point, int64_t count, const void* from, float* to,
                                           ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status != Status::ok) return status;
    const QuantizeTable& table = *context->quantize;
    size_t element_bytes = 0;
    int32_t low = 0;
    int32_t high = 0;
    void (*dequantize)(const DequantizeArgs*) = nullptr;
    switch (type) {
      case OTTAVA_TYPE_S8: element_bytes = 1, low = -128, high = 127, dequantize = table.dequantize_s8; break;
      case OTTAVA_TYPE_U8: element_bytes = 1, low = 0, high = 255, dequantize = table.dequantize_u8; break;
      case OTTAVA_TYPE_S16: element_bytes = 2, low = -32768, high = 32767, dequantize = table.dequantize_s16; break;
      case OTTAVA_TYPE_S32: element_bytes = 4, dequantize = table.dequantize_s32; break;
      default:
        return refuse_listed("type", type,
                             "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2), OTTAVA_TYPE_S16 (3), OTTAVA_TYPE_S32 (4)", words);
    }
    status = check_scale(scale, "scale", nullptr, words);
    if (status == Status::ok) status = check_zero_point(zero_point, low, high, words);
    if (status == Status::ok) status = check_not_negative(count, "count", words);
    if (status == Status::ok) status = check_tensor(from, count, element_bytes, "from", words);
    if (status == Status::ok) status = check_tensor(to, count, sizeof(float), "to", words);
    if (status == Status::ok) status = check_tensors_apart(from, element_bytes, to, sizeof(float), count, words);
    if (status != Status::ok) return status;
    const DequantizeArgs args = {from, static_cast<size_t>(count), to, zero_point, scale};
    dequantize(&args);
    return Status::ok;
  });
}
