// ottava in C++17: the C interface of ottava.h behind two owners, Context and Matmul, that release what they hold.
//
//     ottava::Context context = ottava::Context::create();
//     ottava::MatmulDesc desc;
//     desc.n = 10;
//     desc.k = 64;
//     ottava::Output output;
//     output.scale = 0.05f;
//     ottava::MatmulConstants constants;
//     constants.rhs = weights;
//     ottava::Matmul matmul = ottava::Matmul::create(context, desc, output, constants);
//     matmul.run(rows, activations, 0, result, 0);
//
// This header adds no behaviour, no allocation and no symbol to link: shapes, units, ranges, errors and
// thread-safety are those of the C function of the same name, documented in ottava.h.
//
// Errors come in two forms. `create`, `query`, `run`, `quantize` throw an ottava::Error. `try_create`, `try_query`,
// `try_run`, `try_quantize` return the status, fill an ottava_error if given one and leave their outputs alone on
// failure. With exceptions turned off (-fno-exceptions) only the second form exists.
//
// SPDX-License-Identifier: Apache-2.0
#ifndef OTTAVA_OTTAVA_HPP_
#define OTTAVA_OTTAVA_HPP_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>

#include "ottava/ottava.h"

#if defined(__cpp_exceptions)
#define OTTAVA_HAS_EXCEPTIONS 1
#else
#define OTTAVA_HAS_EXCEPTIONS 0
#endif

namespace ottava {

// Inline, so users write ottava::Context; named, so that these types share no linker symbol with the inside of the
// library.
inline namespace v0 {

// The C descriptors with their defaults in place. Since 0.1.
struct ContextOptions : ottava_context_options {
  ContextOptions() noexcept : ottava_context_options OTTAVA_CONTEXT_OPTIONS_INIT {}
};
struct ContextHost : ottava_context_host {
  ContextHost() noexcept : ottava_context_host OTTAVA_CONTEXT_HOST_INIT {}
};
struct MatmulDesc : ottava_matmul_desc {
  MatmulDesc() noexcept : ottava_matmul_desc OTTAVA_MATMUL_DESC_INIT {}
};
struct Output : ottava_output {
  Output() noexcept : ottava_output OTTAVA_OUTPUT_INIT {}
};
struct MatmulConstants : ottava_matmul_constants {
  MatmulConstants() noexcept : ottava_matmul_constants OTTAVA_MATMUL_CONSTANTS_INIT {}
};
struct MatmulRunDesc : ottava_matmul_run_desc {
  MatmulRunDesc() noexcept : ottava_matmul_run_desc OTTAVA_MATMUL_RUN_DESC_INIT {}
};
struct MatmulOperands : ottava_matmul_operands {
  MatmulOperands() noexcept : ottava_matmul_operands OTTAVA_MATMUL_OPERANDS_INIT {}
};
struct ForeignParameters : ottava_foreign_parameters {
  ForeignParameters() noexcept : ottava_foreign_parameters OTTAVA_FOREIGN_PARAMETERS_INIT {}
};

// The name and meaning of a status; never null. Since 0.1.
inline const char* status_string(ottava_status status) noexcept {
  const char* text = nullptr;
  ottava_status_string(status, &text);
  return text;
}

// A refused call: the status, the argument at fault and the words, held without the heap. Since 0.1.
class Error : public std::exception {
 public:
  explicit Error(const ottava_error& error) noexcept : status_(error.status) {
    char* end = append(argument_, error.argument, sizeof error.argument);
    char* what_end = append(what_, error.argument, sizeof error.argument);
    if (end != argument_ && error.message[0] != '\0') *what_end++ = ' ';
    what_end = append(what_end, error.message, sizeof error.message);
    if (what_end == what_) append(what_, status_string(status_), sizeof what_ - 1);
  }

  // OTTAVA_NULL_POINTER and so on, never OTTAVA_OK.
  ottava_status status() const noexcept { return status_; }
  // The argument or field as ottava.h spells it; empty if none is at fault.
  const char* argument() const noexcept { return argument_; }
  // The argument and what is wrong with it: "desc.n is -1, negative".
  const char* what() const noexcept override { return what_; }

 private:
  // Copies a text of at most `most` characters, terminates it, and returns its end.
  static char* append(char* to, const char* from, std::size_t most) noexcept {
    for (; most != 0 && *from != '\0'; --most) *to++ = *from++;
    *to = '\0';
    return to;
  }

  ottava_status status_;
  char argument_[sizeof(ottava_error::argument) + 1];
  char what_[sizeof(ottava_error::argument) + 1 + sizeof(ottava_error::message) + 1];
};

namespace detail {

struct Destroy {
  void operator()(ottava_context* context) const noexcept { ottava_context_destroy(context); }
  void operator()(ottava_matmul* operation) const noexcept { ottava_matmul_destroy(operation); }
};

// Makes a handle by `make(Handle**)` and, if that succeeds, has *owner hold it instead of what it held.
template <class Handle, class Owner, class Make>
ottava_status adopt(Owner* owner, const Make& make) noexcept {
  if (owner == nullptr) return make(nullptr);
  Handle* handle = nullptr;
  const ottava_status status = make(&handle);
  if (status == OTTAVA_OK) *owner = Owner(handle);
  return status;
}

#if OTTAVA_HAS_EXCEPTIONS
// Calls `call(ottava_error*)` and throws what it refuses.
template <class Call>
void or_throw(const Call& call) {
  ottava_error error = OTTAVA_ERROR_INIT;
  if (call(&error) != OTTAVA_OK) throw Error(error);
}
#endif

}  // namespace detail

// Memory, threads and the choice of CPU tier. Movable, not copyable; a default-constructed or moved-from one is
// empty. It must outlive its operators. Since 0.1.
class Context {
 public:
  Context() noexcept = default;
  // Takes over a handle of the C interface.
  explicit Context(ottava_context* handle) noexcept : handle_(handle) {}

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  ottava_context* get() const noexcept { return handle_.get(); }
  // Gives the handle up: the caller destroys it.
  ottava_context* release() noexcept { return handle_.release(); }

  // ottava_context_create.
  static ottava_status try_create(Context* context, const ottava_context_options& options = ContextOptions(),
                                  const ottava_context_host& host = ContextHost(),
                                  ottava_error* error = nullptr) noexcept {
    return detail::adopt<ottava_context>(
        context, [&](ottava_context** handle) { return ottava_context_create(&options, &host, handle, error); });
  }

  // ottava_context_size: the bytes that create_at needs.
  static std::uint64_t size() noexcept {
    std::uint64_t bytes = 0;
    ottava_context_size(&bytes);
    return bytes;
  }

  // ottava_context_init_at: in memory that the caller keeps until the context is gone.
  static ottava_status try_create_at(Context* context, void* memory, std::uint64_t bytes,
                                     const ottava_context_options& options = ContextOptions(),
                                     const ottava_context_host& host = ContextHost(),
                                     ottava_error* error = nullptr) noexcept {
    return detail::adopt<ottava_context>(context, [&](ottava_context** handle) {
      return ottava_context_init_at(memory, bytes, &options, &host, handle, error);
    });
  }

  // ottava_cpu_query.
  ottava_status try_cpu(ottava_cpu_info* info, ottava_error* error = nullptr) const noexcept {
    return ottava_cpu_query(get(), info, error);
  }

  // ottava_tier_query: OTTAVA_OUT_OF_RANGE past the last tier ends a loop.
  ottava_status try_tier(std::uint32_t index, ottava_tier_info* info, ottava_error* error = nullptr) const noexcept {
    return ottava_tier_query(get(), index, info, error);
  }

#if OTTAVA_HAS_EXCEPTIONS
  static Context create(const ottava_context_options& options = ContextOptions(),
                        const ottava_context_host& host = ContextHost()) {
    Context context;
    detail::or_throw([&](ottava_error* error) { return try_create(&context, options, host, error); });
    return context;
  }

  static Context create_at(void* memory, std::uint64_t bytes, const ottava_context_options& options = ContextOptions(),
                           const ottava_context_host& host = ContextHost()) {
    Context context;
    detail::or_throw([&](ottava_error* error) { return try_create_at(&context, memory, bytes, options, host, error); });
    return context;
  }

  ottava_cpu_info cpu() const {
    ottava_cpu_info info = OTTAVA_CPU_INFO_INIT;
    detail::or_throw([&](ottava_error* error) { return try_cpu(&info, error); });
    return info;
  }

  ottava_tier_info tier(std::uint32_t index) const {
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    detail::or_throw([&](ottava_error* error) { return try_tier(index, &info, error); });
    return info;
  }
#endif

 private:
  std::unique_ptr<ottava_context, detail::Destroy> handle_;
};

// One operator with constant weights. Movable, not copyable; a default-constructed or moved-from one is empty.
// Destroy it before its context. Since 0.1.
class Matmul {
 public:
  Matmul() noexcept = default;
  // Takes over a handle of the C interface.
  explicit Matmul(ottava_matmul* handle) noexcept : handle_(handle) {}

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  ottava_matmul* get() const noexcept { return handle_.get(); }
  // Gives the handle up: the caller destroys it.
  ottava_matmul* release() noexcept { return handle_.release(); }

  // ottava_matmul_create.
  static ottava_status try_create(Matmul* matmul, const Context& context, const ottava_matmul_desc& desc,
                                  const ottava_output& output, const ottava_matmul_constants& constants,
                                  ottava_error* error = nullptr) noexcept {
    return detail::adopt<ottava_matmul>(matmul, [&](ottava_matmul** handle) {
      return ottava_matmul_create(context.get(), &desc, &output, &constants, handle, error);
    });
  }

  // ottava_matmul_size: the bytes that create_at needs.
  static ottava_status try_size(std::uint64_t* bytes, const Context& context, const ottava_matmul_desc& desc,
                                const ottava_output& output, ottava_error* error = nullptr) noexcept {
    return ottava_matmul_size(context.get(), &desc, &output, bytes, error);
  }

  // ottava_matmul_init_at: in memory that the caller keeps until the operator is gone.
  static ottava_status try_create_at(Matmul* matmul, void* memory, std::uint64_t bytes, const Context& context,
                                     const ottava_matmul_desc& desc, const ottava_output& output,
                                     const ottava_matmul_constants& constants, ottava_error* error = nullptr) noexcept {
    return detail::adopt<ottava_matmul>(matmul, [&](ottava_matmul** handle) {
      return ottava_matmul_init_at(memory, bytes, context.get(), &desc, &output, &constants, handle, error);
    });
  }

  // ottava_matmul_query, for runs with m rows.
  ottava_status try_query(std::int64_t m, ottava_matmul_info* info, ottava_error* error = nullptr) const noexcept {
    return ottava_matmul_query(get(), m, info, error);
  }

  // ottava_matmul_run: strides in elements, 0 for dense; without a workspace the context's allocator is asked.
  ottava_status try_run(std::int64_t m, const void* lhs, std::int64_t lhs_stride, void* dst, std::int64_t dst_stride,
                        void* workspace = nullptr, std::uint64_t workspace_bytes = 0,
                        ottava_error* error = nullptr) const noexcept {
    return ottava_matmul_run(get(), m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
  }

  // ottava_matmul_execute: everything that a run may vary.
  ottava_status try_execute(const ottava_matmul_run_desc& run, const ottava_matmul_operands& operands,
                            ottava_error* error = nullptr) const noexcept {
    return ottava_matmul_execute(get(), &run, &operands, error);
  }

  // ottava_matmul_workspace: the bytes that execute needs at most for `run`.
  ottava_status try_workspace(std::uint64_t* bytes, const ottava_matmul_run_desc& run,
                              ottava_error* error = nullptr) const noexcept {
    return ottava_matmul_workspace(get(), &run, bytes, error);
  }

  // ottava_matmul_output_stage: the output stage alone, on accumulators of the caller.
  ottava_status try_output_stage(std::int64_t m, const std::int32_t* accumulators, std::int64_t accumulator_stride,
                                 void* dst, std::int64_t dst_stride, const float* lhs_scales = nullptr,
                                 ottava_error* error = nullptr) const noexcept {
    return ottava_matmul_output_stage(get(), m, accumulators, accumulator_stride, lhs_scales, dst, dst_stride, error);
  }

#if OTTAVA_HAS_EXCEPTIONS
  static Matmul create(const Context& context, const ottava_matmul_desc& desc, const ottava_output& output,
                       const ottava_matmul_constants& constants) {
    Matmul matmul;
    detail::or_throw([&](ottava_error* error) { return try_create(&matmul, context, desc, output, constants, error); });
    return matmul;
  }

  static std::uint64_t size(const Context& context, const ottava_matmul_desc& desc, const ottava_output& output) {
    std::uint64_t bytes = 0;
    detail::or_throw([&](ottava_error* error) { return try_size(&bytes, context, desc, output, error); });
    return bytes;
  }

  static Matmul create_at(void* memory, std::uint64_t bytes, const Context& context, const ottava_matmul_desc& desc,
                          const ottava_output& output, const ottava_matmul_constants& constants) {
    Matmul matmul;
    detail::or_throw([&](ottava_error* error) {
      return try_create_at(&matmul, memory, bytes, context, desc, output, constants, error);
    });
    return matmul;
  }

  ottava_matmul_info query(std::int64_t m) const {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    detail::or_throw([&](ottava_error* error) { return try_query(m, &info, error); });
    return info;
  }

  void run(std::int64_t m, const void* lhs, std::int64_t lhs_stride, void* dst, std::int64_t dst_stride,
           void* workspace = nullptr, std::uint64_t workspace_bytes = 0) const {
    detail::or_throw([&](ottava_error* error) {
      return try_run(m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
    });
  }

  void execute(const ottava_matmul_run_desc& run, const ottava_matmul_operands& operands) const {
    detail::or_throw([&](ottava_error* error) { return try_execute(run, operands, error); });
  }

  std::uint64_t workspace(const ottava_matmul_run_desc& run) const {
    std::uint64_t bytes = 0;
    detail::or_throw([&](ottava_error* error) { return try_workspace(&bytes, run, error); });
    return bytes;
  }

  void output_stage(std::int64_t m, const std::int32_t* accumulators, std::int64_t accumulator_stride, void* dst,
                    std::int64_t dst_stride, const float* lhs_scales = nullptr) const {
    detail::or_throw([&](ottava_error* error) {
      return try_output_stage(m, accumulators, accumulator_stride, dst, dst_stride, lhs_scales, error);
    });
  }
#endif

 private:
  std::unique_ptr<ottava_matmul, detail::Destroy> handle_;
};

// The functions of quantization.h. What a C function writes through several pointers, the throwing form returns as one
// of these. Since 0.1.
struct Range {
  float smallest;
  float largest;
};
struct Multiplier {
  std::int32_t multiplier;
  std::int32_t shift;     // left positive
  double relative_error;  // a bound
};
struct Quantization {
  float scale;
  std::int32_t zero_point;
};

// ottava_range.
inline ottava_status try_range(Range* range, const Context& context, std::int64_t count, const float* from,
                               ottava_error* error = nullptr) noexcept {
  return ottava_range(context.get(), count, from, range != nullptr ? &range->smallest : nullptr,
                      range != nullptr ? &range->largest : nullptr, error);
}

// ottava_quantize, with one scale and one zero point.
inline ottava_status try_quantize(const Context& context, std::uint32_t quantization, std::uint32_t type, float scale,
                                  std::int32_t zero_point, std::int64_t count, const float* from, void* to,
                                  ottava_error* error = nullptr) noexcept {
  return ottava_quantize(context.get(), quantization, type, scale, zero_point, count, from, to, error);
}

// ottava_quantize_rows, under a dynamic quantization.
inline ottava_status try_quantize_rows(const Context& context, std::uint32_t quantization, std::int64_t rows,
                                       std::int64_t columns, const float* from, std::int64_t from_stride, void* to,
                                       std::int64_t to_stride, float* scales, std::int32_t* zero_points,
                                       ottava_error* error = nullptr) noexcept {
  return ottava_quantize_rows(context.get(), quantization, rows, columns, from, from_stride, to, to_stride, scales,
                              zero_points, error);
}

// ottava_dequantize.
inline ottava_status try_dequantize(const Context& context, std::uint32_t type, float scale, std::int32_t zero_point,
                                    std::int64_t count, const void* from, float* to,
                                    ottava_error* error = nullptr) noexcept {
  return ottava_dequantize(context.get(), type, scale, zero_point, count, from, to, error);
}

// ottava_requantize, with one set of parameters.
inline ottava_status try_requantize(const Context& context, const ottava_output& output, float scale,
                                    std::int64_t count, const std::int32_t* from, void* to,
                                    ottava_error* error = nullptr) noexcept {
  return ottava_requantize(context.get(), &output, scale, count, from, to, error);
}

// ottava_form_multiplier.
inline ottava_status try_form_multiplier(Multiplier* formed, std::uint32_t form, double scale,
                                         ottava_error* error = nullptr) noexcept {
  return ottava_form_multiplier(form, scale, formed != nullptr ? &formed->multiplier : nullptr,
                                formed != nullptr ? &formed->shift : nullptr,
                                formed != nullptr ? &formed->relative_error : nullptr, error);
}

// ottava_choose_parameters.
inline ottava_status try_choose_parameters(Quantization* chosen, std::uint32_t way, std::uint32_t type, float smallest,
                                           float largest, ottava_error* error = nullptr) noexcept {
  return ottava_choose_parameters(way, type, smallest, largest, chosen != nullptr ? &chosen->scale : nullptr,
                                  chosen != nullptr ? &chosen->zero_point : nullptr, error);
}

// ottava_import_parameters: what `from` says goes into *desc and *output, all else of these stays.
inline ottava_status try_import_parameters(ottava_matmul_desc* desc, ottava_output* output,
                                           const ottava_foreign_parameters& from,
                                           ottava_error* error = nullptr) noexcept {
  return ottava_import_parameters(&from, desc, output, error);
}

// ottava_make_table: 256 bytes for OTTAVA_ACTIVATION_TABLE.
inline ottava_status try_make_table(void* table, std::uint32_t function, std::uint32_t type, Quantization from,
                                    Quantization to, ottava_error* error = nullptr) noexcept {
  return ottava_make_table(function, type, from.scale, from.zero_point, to.scale, to.zero_point, table, error);
}

#if OTTAVA_HAS_EXCEPTIONS
inline Range range(const Context& context, std::int64_t count, const float* from) {
  Range found = {0.0f, 0.0f};
  detail::or_throw([&](ottava_error* error) { return try_range(&found, context, count, from, error); });
  return found;
}

inline void quantize(const Context& context, std::uint32_t quantization, std::uint32_t type, float scale,
                     std::int32_t zero_point, std::int64_t count, const float* from, void* to) {
  detail::or_throw([&](ottava_error* error) {
    return try_quantize(context, quantization, type, scale, zero_point, count, from, to, error);
  });
}

inline void quantize_rows(const Context& context, std::uint32_t quantization, std::int64_t rows, std::int64_t columns,
                          const float* from, std::int64_t from_stride, void* to, std::int64_t to_stride, float* scales,
                          std::int32_t* zero_points) {
  detail::or_throw([&](ottava_error* error) {
    return try_quantize_rows(context, quantization, rows, columns, from, from_stride, to, to_stride, scales,
                             zero_points, error);
  });
}

inline void dequantize(const Context& context, std::uint32_t type, float scale, std::int32_t zero_point,
                       std::int64_t count, const void* from, float* to) {
  detail::or_throw(
      [&](ottava_error* error) { return try_dequantize(context, type, scale, zero_point, count, from, to, error); });
}

inline void requantize(const Context& context, const ottava_output& output, float scale, std::int64_t count,
                       const std::int32_t* from, void* to) {
  detail::or_throw([&](ottava_error* error) { return try_requantize(context, output, scale, count, from, to, error); });
}

inline Multiplier form_multiplier(std::uint32_t form, double scale) {
  Multiplier formed = {0, 0, 0.0};
  detail::or_throw([&](ottava_error* error) { return try_form_multiplier(&formed, form, scale, error); });
  return formed;
}

inline Quantization choose_parameters(std::uint32_t way, std::uint32_t type, float smallest, float largest) {
  Quantization chosen = {1.0f, 0};
  detail::or_throw(
      [&](ottava_error* error) { return try_choose_parameters(&chosen, way, type, smallest, largest, error); });
  return chosen;
}

inline void import_parameters(ottava_matmul_desc* desc, ottava_output* output, const ottava_foreign_parameters& from) {
  detail::or_throw([&](ottava_error* error) { return try_import_parameters(desc, output, from, error); });
}

inline void make_table(void* table, std::uint32_t function, std::uint32_t type, Quantization from, Quantization to) {
  detail::or_throw([&](ottava_error* error) { return try_make_table(table, function, type, from, to, error); });
}
#endif

}  // namespace v0
}  // namespace ottava

#endif  // OTTAVA_OTTAVA_HPP_
