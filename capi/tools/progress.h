// How far a command is, on the standard error: a line that is written over, if a terminal shows it and the work has
// taken a second. Elsewhere nothing.
#ifndef OTTAVA_CAPI_TOOLS_PROGRESS_H_
#define OTTAVA_CAPI_TOOLS_PROGRESS_H_

#include <chrono>
#include <string>

namespace ottava::tools {

class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void tell(const std::string& words);
  void clear();  // before other words
  double seconds() const;

 private:
  std::chrono::steady_clock::time_point start_;
  double told_ = 0.9;  // when, in seconds
  bool terminal_, shown_ = false;
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_PROGRESS_H_
