// Windows, as ottava_window_resolve makes them of an image: by TensorFlow's arithmetic, and what it refuses.
#include <algorithm>

#include "convolution_draft.h"

using namespace ottava;

namespace {

// TensorFlow's arithmetic, in words of its own: how often the window fits, or begins, inside the input.
std::int64_t windows_valid(std::int64_t size, std::int64_t span, std::int64_t stride) {
  std::int64_t count = 0;
  for (std::int64_t first = 0; first + span <= size; first += stride) ++count;
  return count;
}
std::int64_t windows_same(std::int64_t size, std::int64_t stride) {
  std::int64_t count = 0;
  for (std::int64_t first = 0; first < size; first += stride) ++count;
  return count;
}

}  // namespace

TEST_CASE("windows resolve by TensorFlow's arithmetic of SAME and VALID", "[errors]") {
  for (std::int32_t kernel = 1; kernel <= 5; ++kernel) {
    for (std::int32_t stride = 1; stride <= 4; ++stride) {
      for (std::int32_t dilation = 1; dilation <= 3; ++dilation) {
        for (std::int64_t size = 1; size <= 14; ++size) {
          INFO("kernel " << kernel << " stride " << stride << " dilation " << dilation << " size " << size);
          ottava_window window = OTTAVA_WINDOW_INIT;
          window.kernel_height = kernel, window.stride_height = stride, window.dilation_height = dilation;
          window.padding = OTTAVA_PADDING_SAME;
          ottava_window resolved;
          std::int64_t height = 0, width = 0;
          REQUIRE(ottava_window_resolve(&window, size, 9, &resolved, &height, &width, nullptr) == OTTAVA_OK);
          const std::int64_t span = std::int64_t{kernel - 1} * dilation + 1;
          const std::int64_t expected = windows_same(size, stride);
          const std::int64_t missing = std::max<std::int64_t>(0, (expected - 1) * stride + span - size);
          CHECK(height == expected);
          CHECK(width == 9);
          CHECK(resolved.pad_top == missing / 2);
          CHECK(resolved.pad_bottom == missing - missing / 2);
          CHECK((resolved.pad_left == 0 && resolved.pad_right == 0));
          CHECK(resolved.padding == OTTAVA_PADDING_EXPLICIT);
          CHECK((resolved.kernel_height == kernel && resolved.stride_height == stride));

          window.padding = OTTAVA_PADDING_VALID;
          const ottava_status fits = ottava_window_resolve(&window, size, 9, nullptr, &height, nullptr, nullptr);
          CHECK(fits == (span <= size ? OTTAVA_OK : OTTAVA_BAD_SHAPE));
          if (fits == OTTAVA_OK) CHECK(height == windows_valid(size, span, stride));
        }
      }
    }
  }
}

TEST_CASE("errors: windows", "[errors]") {
  ottava_window window = OTTAVA_WINDOW_INIT;
  ottava_error error = unfilled_error();
  std::int64_t height = 77, width = 78;
  const auto refused = [&](const Refusal& expected, const ottava_window& at, std::int64_t lines, std::int64_t columns) {
    ottava_window resolved = at;
    check_refusal(expected, ottava_window_resolve(&at, lines, columns, &resolved, &height, &width, &error), error);
    CHECK(same_bytes(resolved, at));
    CHECK((height == 77 && width == 78));
    error = unfilled_error();
  };
  check_refusal({OTTAVA_NULL_POINTER, "window", {"NULL"}},
                ottava_window_resolve(nullptr, 1, 1, &window, &height, &width, &error), error);
  refused({OTTAVA_BAD_SHAPE, "height", {"is -1", "negative"}}, window, -1, 1);
  refused({OTTAVA_BAD_SHAPE, "width", {"is -1", "negative"}}, window, 1, -1);
  refused({OTTAVA_SIZE_OVERFLOW, "height", {"is 2147483648"}}, window, std::int64_t{1} << 31, 1);
  refused({OTTAVA_SIZE_OVERFLOW, "width", {"is 9223372036854775807"}}, window, 1, INT64_MAX);
  window.kernel_width = 4;
  refused({OTTAVA_BAD_SHAPE, "width", {"is 3,", "spans 4"}}, window, 3, 3);
  window.kernel_width = 0;
  refused({OTTAVA_BAD_OPTION, "window.kernel_width", {"is 0,"}}, window, 3, 3);
  window.kernel_width = 1, window.padding = 3;
  refused({OTTAVA_BAD_TYPE, "window.padding", {"is 3;", "offered"}}, window, 3, 3);
  window.padding = OTTAVA_PADDING_VALID, window.reserved = 1;
  refused({OTTAVA_BAD_OPTION, "window.reserved", {"is 1"}}, window, 3, 3);
  window.reserved = 0;
  REQUIRE(ottava_window_resolve(&window, 3, 0, &window, &height, &width, &error) == OTTAVA_OK);  // in place
  CHECK((height == 3 && width == 0 && window.padding == OTTAVA_PADDING_EXPLICIT));
}
