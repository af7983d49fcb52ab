#include "predictions.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ottava::tools {
namespace {

constexpr double kClose = 0.25;      // of a prediction, relative to what was measured
constexpr double kAsFast = 1.05;     // as the fastest
constexpr double kDifferent = 1.10;  // kernels nearer than this are not told apart

bool slower(const Foretold& a, const Foretold& b) { return a.measured > b.measured * kDifferent; }

}  // namespace

void Predictions::add(const std::vector<Foretold>& runs) {
  ++shapes_;
  if (std::fabs(runs[0].predicted - runs[0].measured) <= kClose * runs[0].measured) ++close_;
  if (runs.size() < 2) return;
  const auto sooner = [](const Foretold& a, const Foretold& b) { return a.measured < b.measured; };
  const auto predicted_sooner = [](const Foretold& a, const Foretold& b) { return a.predicted < b.predicted; };
  const double fastest = std::min_element(runs.begin(), runs.end(), sooner)->measured;
  ++ranked_;
  if (std::min_element(runs.begin(), runs.end(), predicted_sooner)->measured <= fastest * kAsFast) ++fastest_;
  int pairs = 0, in_order = 0;
  for (const Foretold& a : runs) {
    for (const Foretold& b : runs) {
      if (!slower(a, b)) continue;
      ++pairs;
      if (a.predicted > b.predicted) ++in_order;
    }
  }
  pairs_ += pairs, pairs_in_order_ += in_order;
  if (pairs == in_order) ++in_order_;
}

void Predictions::print() const {
  if (shapes_ == 0) return;
  std::printf("predicted within 25 %% of measured: %d of %d shapes\n", close_, shapes_);
  if (ranked_ == 0) return;
  std::printf("kernel predicted to be fastest is, or within 5 %%: %d of %d shapes\n", fastest_, ranked_);
  std::printf("kernels more than 10 %% apart are as predicted: %d of %d pairs, all of a shape for %d of %d shapes\n",
              pairs_in_order_, pairs_, in_order_, ranked_);
}

void Predictions::write(Json* json) const {
  if (shapes_ == 0) return;
  const auto count = [json](const char* name, int number) { json->with(name, static_cast<std::int64_t>(number)); };
  json->key("predictions").begin('{');
  count("shapes", shapes_), count("within_25_percent", close_);
  if (ranked_ != 0) {
    count("shapes_of_kernels", ranked_), count("fastest_within_5_percent", fastest_);
    count("in_order", in_order_), count("pairs", pairs_), count("pairs_in_order", pairs_in_order_);
  }
  json->end('}');
}

}  // namespace ottava::tools
