// A packed file as the C source of a bound operator: include/ottava/firmware.h.
#include "boundary.h"
#include "handles.h"
#include "operators/matmul/bind.h"

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

void write(const StoredMatmul& stored, const Binding& binding, const char* name, Source& to) {
  const BoundMatmul& op = binding.op;
  const uint8_t* const file = reinterpret_cast<const uint8_t*>(stored.header);
  const int64_t bytes = static_cast<int64_t>(stored.header->bytes);
  to << "/* Written by ottava: " << op.k << " to " << op.n << ", for " << binding.kernel
     << ". */\n#include \"ottava/firmware.h\"\n\n"
     << "extern const ottava_part ottava_part_" << binding.kernel << "_" << binding.stage << ";\n"
     << "extern const unsigned char " << name << "_packed[" << bytes << "];\n"
     << "extern const ottava_bound_matmul " << name << ";\n\n"
     << "__attribute__((aligned(64))) const unsigned char " << name << "_packed[" << bytes << "] = {";
  for (int64_t i = 0; i < bytes; ++i) {
    if (i % 24 == 0) to << "\n  ";
    to << int64_t{file[i]} << ",";
  }
  to << "\n};\n\nconst ottava_bound_matmul " << name << " = {\n  &ottava_part_" << binding.kernel << "_"
     << binding.stage;
  // Through a pointer to void: it converts to that of each array.
  const void* const arrays[] = {op.weights, op.offset, op.multiplier, op.exponent, op.scale, op.bias};
  for (const void* const array : arrays) {
    to << ",\n  (const void *)(" << name << "_packed + " << static_cast<const uint8_t*>(array) - file << ")";
  }
  const int64_t numbers[] = {op.n,         op.k,         op.panel_bytes,   op.max_m,         op.zero_point,
                             op.clamp_min, op.clamp_max, op.clamp_min_f32, op.clamp_max_f32, op.sign_flip,
                             op.has_bias,  op.reserved};
  for (const int64_t number : numbers) {
    to << ",\n  ";
    if (number == INT32_MIN) {
      to << number + 1 << " - 1";  // C has no such constant
    } else {
      to << number << (number > INT32_MAX ? "u" : "");
    }
  }
  to << "\n};\n";
}

}  // namespace

extern "C" ottava_status ottava_packed_source(const void* packed, uint64_t packed_bytes, const char* name, char* source,
                                              uint64_t source_bytes, uint64_t* length, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    StoredMatmul stored;
    Binding binding;
    Status status = require(packed, "packed", words);
    if (status == Status::ok) status = require(name, "name", words);
    if (status == Status::ok) status = require(length, "length", words);
    if (status == Status::ok) status = read_packed(packed, packed_bytes, &stored, words);
    if (status == Status::ok && !is_identifier(name)) {
      words->set(Status::bad_option, "name") << "is no identifier of C: " << name;
      status = Status::bad_option;
    }
    if (status == Status::ok) status = bind(stored, &binding, words);
    if (status != Status::ok) return status;
    Source counted(nullptr, 0);
    write(stored, binding, name, counted);
    const uint64_t bytes = counted.length() + 1;
    if (source != nullptr && source_bytes < bytes) {
      words->set(Status::bad_memory, "source_bytes") << "is " << source_bytes << ", the text has " << bytes;
      return Status::bad_memory;
    }
    *length = bytes;
    if (source == nullptr) return Status::ok;
    Source written(source, source_bytes);
    write(stored, binding, name, written);
    source[bytes - 1] = '\0';
    return Status::ok;
  });
}
