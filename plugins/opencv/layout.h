// OpenCV's tensors are NCHW, ottava's NHWC: the way from one to the other.
//
// SPDX-License-Identifier: Apache-2.0
#ifndef OTTAVA_OPENCV_LAYOUT_H_
#define OTTAVA_OPENCV_LAYOUT_H_

#include <cstddef>
#include <cstdint>

namespace ottava_opencv {

// `images` matrices of bytes, rows x columns each, become columns x rows: with a row per channel and a column per pixel
// NCHW becomes NHWC, with a row per pixel and a column per channel NHWC becomes NCHW. `from` and `to` lie apart.
void transpose(const std::int8_t* from, std::int8_t* to, std::size_t images, std::size_t rows, std::size_t columns);

}  // namespace ottava_opencv

#endif  // OTTAVA_OPENCV_LAYOUT_H_
