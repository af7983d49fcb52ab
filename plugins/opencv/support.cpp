// SPDX-License-Identifier: Apache-2.0
#include "support.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <set>
#include <utility>
#include <vector>

namespace ottava_opencv {
namespace {

void parallel_for(void*, std::uint32_t count, ottava_task_fn fn, void* task) {
  cv::parallel_for_(cv::Range(0, static_cast<int>(count)), [=](const cv::Range& range) {
    for (int i = range.start; i < range.end; ++i) fn(task, static_cast<std::uint32_t>(i));
  });
}

}  // namespace

const ottava_context* context() {
  // Never destroyed: networks may outlive the static objects of this library.
  static std::mutex& mutex = *new std::mutex;
  static auto& contexts = *new std::map<int, ottava_context*>;
  const std::lock_guard<std::mutex> lock(mutex);
  const int threads = std::min(std::max(cv::getNumThreads(), 1), 1024);
  ottava_context*& made = contexts[threads];
  if (made == nullptr) {
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    ottava_error error = OTTAVA_ERROR_INIT;
    options.threads = static_cast<std::uint32_t>(threads);
    host.parallel_for = parallel_for;
    if (ottava_context_create(&options, &host, &made, &error) != OTTAVA_OK) fail(error);
  }
  return made;
}

std::string words(const ottava_error& error) {
  return (error.argument[0] != '\0' ? std::string(error.argument) + ": " : std::string()) + error.message;
}

void fail(const ottava_error& error) { CV_Error(cv::Error::StsError, "ottava: " + words(error)); }

void report_declined(const std::string& type, const std::string& name, const std::string& reason) {
  static std::mutex& mutex = *new std::mutex;
  static auto& reported = *new std::set<std::pair<std::string, std::string>>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!reported.emplace(type, reason).second) return;
  std::fprintf(stderr, "ottava: OpenCV itself runs %s layers like '%s': %s\n", type.c_str(), name.c_str(),
               reason.c_str());
}

std::uint8_t* workspace(std::uint64_t bytes) {
  thread_local std::vector<std::uint8_t> memory;
  if (memory.size() < bytes) memory.resize(static_cast<std::size_t>(bytes));
  return memory.data();
}

}  // namespace ottava_opencv
