#include "operators/window.h"

namespace ottava {
namespace {

constexpr int64_t kMostPad = int64_t{1} << 30;

// What messages call the fields and sizes of a direction.
struct AxisNames {
  const char* kernel;
  const char* stride;
  const char* dilation;
  const char* before;
  const char* after;
  const char* size;
};
constexpr AxisNames kNames[] = {
    {"window.kernel_height", "window.stride_height", "window.dilation_height", "window.pad_top", "window.pad_bottom",
     "height"},
    {"window.kernel_width", "window.stride_width", "window.dilation_width", "window.pad_left", "window.pad_right",
     "width"},
};

Status check_field(int64_t value, int64_t least, int64_t most, const char* argument, Error* error) {
  if (value >= least && value <= most) return Status::ok;
  error->set(Status::bad_option, argument) << "is " << value << ", outside " << least << " to " << most;
  return Status::bad_option;
}

Status validate_axis(const WindowAxis& axis, Padding padding, const AxisNames& names, Error* error) {
  Status status = check_field(axis.kernel, 1, kMostWindowSteps, names.kernel, error);
  if (status == Status::ok) status = check_field(axis.stride, 1, kMostWindowSteps, names.stride, error);
  if (status == Status::ok) status = check_field(axis.dilation, 1, kMostWindowSteps, names.dilation, error);
  const int64_t most_pad = padding == Padding::explicit_ ? kMostPad : 0;
  if (status == Status::ok) status = check_field(axis.before, 0, most_pad, names.before, error);
  return status == Status::ok ? check_field(axis.after, 0, most_pad, names.after, error) : status;
}

Status check_size(int64_t size, const char* argument, Error* error) {
  if (size < 0) {
    error->set(Status::bad_shape, argument) << "is " << size << ", negative";
    return Status::bad_shape;
  }
  if (size <= kMostPixels) return Status::ok;
  error->set(Status::size_overflow, argument) << "is " << size << "; images have up to 2^31 - 1 lines and columns";
  return Status::size_overflow;
}

// TensorFlow's: the larger half behind.
void pad_evenly(int64_t total, WindowAxis* axis) {
  if (total < 0) total = 0;
  axis->before = total / 2;
  axis->after = total - axis->before;
}

Status resolve_axis(WindowAxis* axis, Padding padding, int64_t size, const AxisNames& names, int64_t* output,
                    Error* error) {
  const Status status = check_size(size, names.size, error);
  *output = 0;
  if (status != Status::ok || size == 0) return status;
  if (padding == Padding::same) {
    *output = (size + axis->stride - 1) / axis->stride;
    pad_evenly((*output - 1) * axis->stride + axis->extent() - size, axis);
    return Status::ok;
  }
  const int64_t padded = size + axis->before + axis->after;
  if (axis->extent() > padded) {
    error->set(Status::bad_shape, names.size)
        << "is " << size << ", with its pads " << padded << "; the kernel spans " << axis->extent() << " pixels";
    return Status::bad_shape;
  }
  *output = (padded - axis->extent()) / axis->stride + 1;
  return Status::ok;
}

Status resolve_transposed_axis(WindowAxis* axis, Padding padding, int64_t adjustment, int64_t size,
                               const AxisNames& names, int64_t* output, Error* error) {
  Status status = check_size(size, names.size, error);
  *output = 0;
  if (status != Status::ok || size == 0) return status;
  const int64_t spanned = (size - 1) * axis->stride + axis->extent();
  if (padding == Padding::same) {
    *output = size * axis->stride;
    pad_evenly(spanned - *output, axis);
  } else if (padding == Padding::valid) {
    *output = spanned > size * axis->stride ? spanned : size * axis->stride;
  } else {
    *output = spanned - axis->before - axis->after + adjustment;
    if (*output < 1) {
      error->set(Status::bad_shape, names.size)
          << "is " << size << ": the pads take all of the " << spanned << " pixels that the kernel spans";
      return Status::bad_shape;
    }
  }
  status = check_size(*output, names.size, error);
  if (status != Status::ok) error->set(status, names.size) << "is " << size << ": the output would be too large";
  return status;
}

}  // namespace

bool Window::is_one_pixel() const {
  const auto is_one = [](const WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.before == 0 && axis.after == 0;
  };
  return is_one(y) && is_one(x);
}

Status validate_window(const Window& window, Error* error) {
  const Status status = validate_axis(window.y, window.padding, kNames[0], error);
  return status == Status::ok ? validate_axis(window.x, window.padding, kNames[1], error) : status;
}

Status resolve_window(const Window& window, int64_t height, int64_t width, Window* resolved, int64_t* output_height,
                      int64_t* output_width, Error* error) {
  *resolved = window;
  resolved->padding = Padding::explicit_;
  const Status status = resolve_axis(&resolved->y, window.padding, height, kNames[0], output_height, error);
  if (status != Status::ok) return status;
  return resolve_axis(&resolved->x, window.padding, width, kNames[1], output_width, error);
}

Status resolve_transposed_window(const Window& window, int64_t adjustment_height, int64_t adjustment_width,
                                 int64_t height, int64_t width, Window* resolved, int64_t* output_height,
                                 int64_t* output_width, Error* error) {
  *resolved = window;
  resolved->padding = Padding::explicit_;
  const Status status =
      resolve_transposed_axis(&resolved->y, window.padding, adjustment_height, height, kNames[0], output_height, error);
  if (status != Status::ok) return status;
  return resolve_transposed_axis(&resolved->x, window.padding, adjustment_width, width, kNames[1], output_width, error);
}

}  // namespace ottava
