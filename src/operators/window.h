// Windows over NHWC images: which input pixels an output pixel is computed from, and the sizes that follow.
#ifndef OTTAVA_SRC_OPERATORS_WINDOW_H_
#define OTTAVA_SRC_OPERATORS_WINDOW_H_

#include "base/status.h"

namespace ottava {

// Values are those of the public header.
enum class Padding : uint32_t { explicit_ = 0, same = 1, valid = 2 };

// One direction: output pixel x takes input pixels x * stride + tap * dilation - before.
struct WindowAxis {
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t before = 0;
  int64_t after = 0;

  int64_t extent() const { return (kernel - 1) * dilation + 1; }  // pixels from the first tap to the last
};

struct Window {
  WindowAxis y;
  WindowAxis x;
  Padding padding = Padding::explicit_;

  int64_t taps() const { return y.kernel * x.kernel; }
  bool is_one_pixel() const;  // one tap, stride 1, no padding: output pixels are input pixels
};

// Of the fields of a window; sizes of images have the same bound.
constexpr int64_t kMostWindowSteps = 65535;
constexpr int64_t kMostPixels = INT32_MAX;

// Refuses fields out of range. Padding holds a known value already.
Status validate_window(const Window& window, Error* error);

// The window with its pads explicit for an input of this size, and the size of the output; refuses sizes that are
// negative, and a kernel larger than the padded input. A size of 0 makes an output of 0.
Status resolve_window(const Window& window, int64_t height, int64_t width, Window* resolved, int64_t* output_height,
                      int64_t* output_width, Error* error);

// The same for a transposed convolution, whose pads and adjustment take from and add to its output.
Status resolve_transposed_window(const Window& window, int64_t adjustment_height, int64_t adjustment_width,
                                 int64_t height, int64_t width, Window* resolved, int64_t* output_height,
                                 int64_t* output_width, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_WINDOW_H_
