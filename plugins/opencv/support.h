// What every layer of the plugin needs of ottava: a context, its handles, its errors, and scratch memory.
//
// SPDX-License-Identifier: Apache-2.0
#ifndef OTTAVA_OPENCV_SUPPORT_H_
#define OTTAVA_OPENCV_SUPPORT_H_

#include <ottava/ottava.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace ottava_opencv {

struct DestroyLayer {
  void operator()(ottava_layer* layer) const { ottava_layer_destroy(layer); }
};
struct DestroyMatmul {
  void operator()(ottava_matmul* matmul) const { ottava_matmul_destroy(matmul); }
};
using LayerHandle = std::unique_ptr<ottava_layer, DestroyLayer>;
using MatmulHandle = std::unique_ptr<ottava_matmul, DestroyMatmul>;

// The context that runs on as many of OpenCV's threads as cv::getNumThreads says now. It lives as long as the process.
const ottava_context* context();

// Throws a cv::Exception with the error's words.
[[noreturn]] void fail(const ottava_error& error);

// The error as one line.
std::string words(const ottava_error& error);

// Says on stderr that OpenCV itself runs a layer, once for each type and reason.
void report_declined(const std::string& type, const std::string& name, const std::string& reason);

// At least so many bytes for the calling thread's current run, the same memory for every layer.
std::uint8_t* workspace(std::uint64_t bytes);

}  // namespace ottava_opencv

#endif  // OTTAVA_OPENCV_SUPPORT_H_
