// The numbers that describe an operator in a packed file, 8 bytes each, one behind the other. An operator names its
// fields once; counting, writing and reading them follow the same list.
#ifndef OTTAVA_SRC_CONTRACTION_NUMBERS_H_
#define OTTAVA_SRC_CONTRACTION_NUMBERS_H_

#include "base/memory.h"
#include "output/output.h"

namespace ottava {

class Numbers {
 public:
  enum class Way { count, write, read };
  static constexpr size_t kBytes = sizeof(int64_t);

  // `memory` holds as many as are counted, any alignment; unused where they are counted.
  Numbers(Way way, uint8_t* memory) : way_(way), to_(memory), from_(memory) {}
  explicit Numbers(const uint8_t* memory) : way_(Way::read), to_(nullptr), from_(memory) {}

  template <class Value>
  void integer(Value& value) {
    const int64_t read = next(static_cast<int64_t>(value));
    value = static_cast<Value>(read);
    sound_ = sound_ && static_cast<int64_t>(value) == read;
  }
  // Of an enumeration, or a bool.
  template <class Value>
  void listed(Value& value, int64_t first, int64_t last) {
    const int64_t read = next(static_cast<int64_t>(value));
    const bool known = read >= first && read <= last;
    value = static_cast<Value>(known ? read : first);
    sound_ = sound_ && known;
  }
  void flag(bool& value) { listed(value, 0, 1); }
  void real(float& value) {
    uint32_t bits;
    copy_bytes(&bits, &value, sizeof bits);
    integer(bits);
    copy_bytes(&value, &bits, sizeof bits);
  }

  size_t count() const { return count_; }
  bool sound() const { return sound_; }  // each that was read was one of its type

 private:
  int64_t next(int64_t value) {
    if (way_ == Way::write) copy_bytes(to_ + count_ * kBytes, &value, kBytes);
    if (way_ == Way::read) copy_bytes(&value, from_ + count_ * kBytes, kBytes);
    ++count_;
    return value;
  }

  Way way_;
  uint8_t* to_;
  const uint8_t* from_;
  size_t count_ = 0;
  bool sound_ = true;
};

// Those of an output. A version that has more of them is another format.
static_assert(sizeof(Output) == 100, "a field that is not named below would be lost in every file");
inline void visit(Numbers& numbers, Output& output) {
  numbers.listed(output.type, 1, 5);
  numbers.integer(output.zero_point);
  numbers.real(output.scale);
  numbers.listed(output.requantization, 0, 12);
  numbers.listed(output.parameters, 0, 2);
  numbers.integer(output.multiplier);
  numbers.integer(output.shift);
  numbers.integer(output.clamp_min);
  numbers.integer(output.clamp_max);
  numbers.real(output.clamp_min_f32);
  numbers.real(output.clamp_max_f32);
  numbers.listed(output.activation, 0, 2);
  numbers.integer(output.tanh_zero);
  numbers.integer(output.tanh_amplitude);
  numbers.flag(output.adds);
  Addition& addition = output.addition;
  numbers.listed(addition.arithmetic, 0, 2);
  numbers.flag(addition.subtract);
  numbers.flag(addition.is_unsigned);
  numbers.integer(addition.first_zero_point);
  numbers.real(addition.first_scale);
  numbers.integer(addition.second_zero_point);
  numbers.real(addition.second_scale);
  numbers.integer(addition.zero_point);
  numbers.real(addition.scale);
  numbers.integer(addition.clamp_min);
  numbers.integer(addition.clamp_max);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_NUMBERS_H_
