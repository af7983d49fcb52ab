// A tensor in guarded memory, as the sweeps of layers hand it to the library.
#ifndef OTTAVA_TESTS_IMAGE_TENSOR_H_
#define OTTAVA_TESTS_IMAGE_TENSOR_H_

#include <cstring>
#include <memory>

#include "guarded_buffer.h"
#include "oracle/convolution.h"
#include "random.h"

namespace ottava {

// Pixels of channels with gaps between them, in guarded memory.
class Tensor {
 public:
  Tensor(const oracle::Image& image, std::int64_t gap, std::size_t bytes, Random& random)
      : image_(image), stride_(image.channels + gap), bytes_(bytes) {
    const std::int64_t pixels = image.batch * image.height * image.width;
    const std::int64_t elements = pixels == 0 || image.channels == 0 ? 0 : (pixels - 1) * stride_ + image.channels;
    memory_ = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(elements) * bytes,
                                              random.chance(2) ? Side::lower : Side::upper);
    for (std::size_t i = 0; i < memory_->size(); ++i) memory_->data()[i] = static_cast<std::uint8_t>(random.bits());
  }

  // Stores the values of the image.
  void store() {
    for_each([&](std::size_t from, std::size_t to) {
      const std::uint32_t value = static_cast<std::uint32_t>(image_.values[from]);
      std::memcpy(memory_->data() + to, &value, bytes_);
    });
  }
  // Bytes of an image of results, what lies between pixels being as it is.
  std::vector<std::uint8_t> with(const oracle::Image& results) const {
    std::vector<std::uint8_t> bytes(memory_->data(), memory_->data() + memory_->size());
    for_each([&](std::size_t from, std::size_t to) {
      const std::uint32_t value = static_cast<std::uint32_t>(results.values[from]);
      std::memcpy(bytes.data() + to, &value, bytes_);
    });
    return bytes;
  }
  GuardedBuffer& memory() { return *memory_; }
  std::int64_t stride() const { return stride_; }

 private:
  template <class Body>
  void for_each(Body body) const {
    const std::int64_t pixels = image_.batch * image_.height * image_.width;
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::int64_t c = 0; c < image_.channels; ++c) {
        body(static_cast<std::size_t>(pixel * image_.channels + c),
             static_cast<std::size_t>(pixel * stride_ + c) * bytes_);
      }
    }
  }

  const oracle::Image& image_;
  std::int64_t stride_;
  std::size_t bytes_;
  std::unique_ptr<GuardedBuffer> memory_;
};

}  // namespace ottava

#endif  // OTTAVA_TESTS_IMAGE_TENSOR_H_
