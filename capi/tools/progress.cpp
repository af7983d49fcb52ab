#include "progress.h"

#include <unistd.h>

#include <cstdio>

namespace ottava::tools {

Progress::Progress() : start_(std::chrono::steady_clock::now()), terminal_(isatty(STDERR_FILENO) != 0) {}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::tell(const std::string& words) {
  if (!terminal_ || seconds() < told_ + 0.1) return;
  told_ = seconds();
  shown_ = true;
  std::fprintf(stderr, "\r\x1b[K%s", words.c_str());
  std::fflush(stderr);
}

void Progress::clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace ottava::tools
