// A packed file as the C source of a bound operator: include/ottava/firmware.h.
#include "boundary.h"
#include "handles.h"
#include "operators/matmul/packed.h"
#include "operators/placement.h"

using namespace ottava;

namespace {

// Counts characters, and writes those that fit.
class Source {
 public:
  Source(char* to, uint64_t capacity) : to_(to), capacity_(capacity) {}

  Source& operator<<(const char* words) {
    for (; *words != '\0'; ++words, ++length_) {
      if (length_ < capacity_) to_[length_] = *words;
    }
    return *this;
  }
  Source& operator<<(int64_t number) {
    char digits[24];
    Text(digits) << number;
    return *this << digits;
  }
  uint64_t length() const { return length_; }

 private:
  char* to_;
  uint64_t capacity_;
  uint64_t length_ = 0;
};

bool is_identifier(const char* name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (!is_letter(*name)) return false;
  for (; *name != '\0'; ++name) {
    if (!is_letter(*name) && (*name < '0' || *name > '9')) return false;
  }
  return true;
}

// A kernel that has parts.
struct PartKernel {
  const char* file;
  const char* part;
  bool own_offsets;
};
constexpr PartKernel kPartKernels[] = {
#define OTTAVA_PART_KERNEL(file, part, own_offsets) {#file, #part, own_offsets},
#include "kernels/parts.inc"
#undef OTTAVA_PART_KERNEL
};

const char* name_of(Stage stage) {
  switch (stage) {
#define OTTAVA_STAGE_NAME(stage) \
  case Stage::stage: return #stage;
    OTTAVA_PART_STAGES(OTTAVA_STAGE_NAME)
#undef OTTAVA_STAGE_NAME
    default: return "";
  }
}

bool have_zero_points(const StoredMatmul& stored) {
  const ContractionPlan& plan = stored.contraction.plan;
  for (size_t n = 0; n < plan.n; ++n) {
    if (*channel_array<int32_t>(stored.contraction.channels, plan.channels.rhs_zero, n) != 0) return true;
  }
  return false;
}

// What a bound operator cannot do, or null.
const char* limit_of(const StoredMatmul& stored) {
  const MatmulProblem& problem = stored.problem;
  const Output& output = problem.output;
  const bool wide =
      output.type == Type::s16 || (output.type == Type::s32 && output.requantization != Requantization::none);
  if (problem.n == 0 || problem.k == 0) return "is empty";
  if (problem.lhs_order != Order::row || problem.dst_order != Order::row) return "has columns that lie side by side";
  if (problem.lhs_quantization != Quantization::none) return "quantizes its lhs";
  if (problem.lhs_row_scales || problem.lhs_row_zero_points) return "has rows with parameters of their own";
  if (have_zero_points(stored)) return "has weights with zero points that its kernel cannot fold";
  if (output.activation != Activation::none) return "has an activation by table or function";
  if (output.adds) return "adds a second matrix";
  if (wide) return "writes s16, or requantized s32";
  if (problem.n > INT32_MAX || problem.k > INT32_MAX || problem.max_m > INT32_MAX) return "is larger than 2^31";
  return nullptr;
}

void write(const StoredMatmul& stored, const PartKernel& kernel, const char* name, Source& to) {
  const ContractionPlan& plan = stored.contraction.plan;
  const uint8_t* const file = reinterpret_cast<const uint8_t*>(stored.header);
  const int64_t bytes = static_cast<int64_t>(stored.header->bytes);
  const int64_t channels = stored.contraction.channels - file, packed = stored.contraction.packed - file;
  const char* const stage = name_of(plan.output.stage);
  to << "/* Written by ottava: " << static_cast<int64_t>(plan.k) << " to " << static_cast<int64_t>(plan.n) << ", for "
     << kernel.part << ". */\n#include \"ottava/firmware.h\"\n\n"
     << "extern const ottava_part ottava_part_" << kernel.part << "_" << stage << ";\n"
     << "extern const unsigned char " << name << "_packed[" << bytes << "];\n"
     << "extern const ottava_bound_matmul " << name << ";\n\n"
     << "__attribute__((aligned(64))) const unsigned char " << name << "_packed[" << bytes << "] = {";
  for (int64_t i = 0; i < bytes; ++i) {
    if (i % 24 == 0) to << "\n  ";
    to << int64_t{file[i]} << ",";
  }
  to << "\n};\n\nconst ottava_bound_matmul " << name << " = {\n  &ottava_part_" << kernel.part << "_" << stage;
  const auto pointer = [&](bool is_there, int64_t offset) {
    to << ",\n  ";
    if (is_there) to << name << "_packed + " << offset;
    if (!is_there) to << "0";
  };
  // Through a pointer to void: it converts to that of each array.
  const auto array = [&](bool is_there, int64_t offset) {
    to << ",\n  ";
    if (is_there) to << "(const void *)(" << name << "_packed + " << offset << ")";
    if (!is_there) to << "0";
  };
  pointer(true, packed);
  array(true, packed + static_cast<int64_t>(kernel.own_offsets ? plan.packed.small_m_offset : plan.packed.offset));
  const size_t arrays[] = {plan.channels.multiplier, plan.channels.exponent, plan.channels.scale, plan.channels.bias};
  for (const size_t offset : arrays) {
    array(offset != 0, channels + static_cast<int64_t>(offset));
  }
  const auto bits = [](float value) {
    uint32_t copied;
    copy_bytes(&copied, &value, sizeof copied);
    return int64_t{copied};
  };
  const int64_t numbers[] = {static_cast<int64_t>(plan.n),
                             static_cast<int64_t>(plan.k),
                             static_cast<int64_t>(plan.packed.panel_bytes),
                             static_cast<int64_t>(stored.problem.max_m),
                             plan.output.zero_point,
                             plan.output.clamp_min,
                             plan.output.clamp_max,
                             bits(plan.output.clamp_min_f32),
                             bits(plan.output.clamp_max_f32),
                             canonical_operand(stored.problem.lhs.type, Element::s8).flip,
                             stored.float_bias ? 1 : 0};
  for (const int64_t number : numbers) {
    if (number == INT32_MIN) {
      to << ",\n  " << number + 1 << " - 1";  // C has no such constant
    } else {
      to << ",\n  " << number;
      if (number > INT32_MAX) to << "u";
    }
  }
  to << "\n};\n";
}

}  // namespace

extern "C" ottava_status ottava_packed_source(const void* packed, uint64_t packed_bytes, const char* name, char* source,
                                              uint64_t source_bytes, uint64_t* length, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    StoredMatmul stored;
    Status status = require(packed, "packed", words);
    if (status == Status::ok) status = require(name, "name", words);
    if (status == Status::ok) status = require(length, "length", words);
    if (status == Status::ok) status = read_packed(packed, packed_bytes, &stored, words);
    if (status != Status::ok) return status;
    if (!is_identifier(name)) {
      words->set(Status::bad_option, "name") << "is no identifier of C: " << name;
      return Status::bad_option;
    }
    const char* const limit = limit_of(stored);
    if (limit != nullptr) {
      words->set(Status::unsupported, "packed") << "holds an operator that cannot be bound: it " << limit;
      return Status::unsupported;
    }
    for (const PartKernel& kernel : kPartKernels) {
      if (!same_text(kernel.file, stored.header->kernel)) continue;
      Source counted(nullptr, 0);
      write(stored, kernel, name, counted);
      if (source != nullptr && source_bytes < counted.length() + 1) {
        words->set(Status::bad_memory, "source_bytes")
            << "is " << source_bytes << ", the text has " << counted.length() + 1;
        return Status::bad_memory;
      }
      *length = counted.length() + 1;
      if (source == nullptr) return Status::ok;
      Source written(source, source_bytes);
      write(stored, kernel, name, written);
      source[counted.length()] = '\0';
      return Status::ok;
    }
    words->set(Status::unsupported, "packed") << "is for " << stored.header->kernel << ", which has no parts to bind";
    return Status::unsupported;
  });
}
