// What the programs that run ottava beside a peer share: random numbers, contexts for the tiers of this machine, and
// one call that makes an operator and runs it.
#ifndef OTTAVA_TESTS_PEERS_PEER_SUPPORT_H_
#define OTTAVA_TESTS_PEERS_PEER_SUPPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "catch.h"
#include "ottava/ottava.h"
#include "random.h"

namespace peers {

class Random : public ottava::Random {
 public:
  using ottava::Random::Random;
  std::int32_t between(std::int64_t low, std::int64_t high) {
    return static_cast<std::int32_t>(ottava::Random::between(low, high));
  }
  std::vector<std::int32_t> some(int count, std::int64_t low, std::int64_t high) {
    std::vector<std::int32_t> values;
    for (int i = 0; i < count; ++i) values.push_back(between(low, high));
    return values;
  }
};

// One context for each tier that this machine can use.
class Contexts {
 public:
  Contexts() {
    ottava_context* best = create(OTTAVA_TIER_ANY);
    ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
    for (std::uint32_t i = 0; ottava_tier_query(best, i, &tier, nullptr) == OTTAVA_OK; ++i) {
      if (tier.usable == 0) continue;
      contexts_.push_back(create(tier.tier));
      names_.push_back(tier.name);
    }
    ottava_context_destroy(best);
    REQUIRE(!contexts_.empty());
  }
  ~Contexts() {
    for (ottava_context* context : contexts_) ottava_context_destroy(context);
  }
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;

  std::size_t size() const { return contexts_.size(); }
  const ottava_context* operator[](std::size_t i) const { return contexts_[i]; }
  const std::string& name(std::size_t i) const { return names_[i]; }

 private:
  static ottava_context* create(std::uint32_t cap) {
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.tier_cap = cap;
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_create(&options, nullptr, &context, nullptr) == OTTAVA_OK);
    return context;
  }
  std::vector<ottava_context*> contexts_;
  std::vector<std::string> names_;
};

// Fails the test where ottava refuses.
inline void run_ottava(const ottava_context* context, const ottava_matmul_desc& desc, const ottava_output& output,
                       const ottava_matmul_constants& constants, std::int64_t m, const void* lhs,
                       std::int64_t lhs_stride, void* dst, std::int64_t dst_stride) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* operation = nullptr;
  ottava_status status = ottava_matmul_create(context, &desc, &output, &constants, &operation, &error);
  if (status == OTTAVA_OK)
    status = ottava_matmul_run(operation, m, lhs, lhs_stride, dst, dst_stride, nullptr, 0, &error);
  ottava_matmul_destroy(operation);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
}

// Where two buffers of results differ first; an empty text where they are equal.
template <class Element>
std::string difference(const std::vector<Element>& peer, const std::vector<Element>& ottava) {
  for (std::size_t i = 0; i < peer.size() && i < ottava.size(); ++i) {
    if (peer[i] == ottava[i]) continue;
    return "element " + std::to_string(i) + ": peer " + std::to_string(peer[i]) + ", ottava " +
           std::to_string(ottava[i]);
  }
  return peer.size() == ottava.size() ? "" : "sizes differ";
}

}  // namespace peers

#endif  // OTTAVA_TESTS_PEERS_PEER_SUPPORT_H_
