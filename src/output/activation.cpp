#include "output/activation.h"

#include "base/memory.h"

namespace ottava {
namespace {

// Four at a time: a store of bytes may alias the table, which would order each look-up behind the store before it.
void look_up_bytes(const uint8_t* table, const uint8_t* from, size_t n, uint8_t* to) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const uint8_t four[4] = {table[from[i]], table[from[i + 1]], table[from[i + 2]], table[from[i + 3]]};
    copy_bytes(to + i, four, sizeof four);
  }
  for (; i < n; ++i) to[i] = table[from[i]];
}

}  // namespace

void activate(const OutputPlan& plan, const uint8_t* table, uint8_t* staged, size_t staged_stride, size_t m, size_t n,
              View to) {
  const bool looks_up = plan.activation == Activation::table && plan.look_up != nullptr && to.column_stride == 1;
  if (looks_up) plan.look_up(table, staged, (m - 1) * staged_stride + n);
  for (size_t row = 0; row < m; ++row) {
    const uint8_t* const from = staged + row * staged_stride;
    if (looks_up) {
      copy_few(to.at(row, 0), from, n);
      continue;
    }
    if (plan.activation == Activation::table && to.column_stride == 1) {
      look_up_bytes(table, from, n, to.at(row, 0));
      continue;
    }
    if (plan.activation == Activation::table) {
      for (size_t channel = 0; channel < n; ++channel) *to.at(row, channel) = table[from[channel]];
      continue;
    }
    for (size_t channel = 0; channel < n; ++channel) {
      int32_t x;
      copy_bytes(&x, from + channel * sizeof x, sizeof x);
      const int32_t y = fixed_tanh(x, plan.tanh);
      copy_bytes(to.at(row, channel), &y, sizeof y);
    }
  }
}

}  // namespace ottava
