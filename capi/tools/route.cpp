#include "route.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

namespace ottava::tools {
namespace {

const char* rows_in_words(std::uint32_t rows) {
  return rows == OTTAVA_ROWS_PACKED ? "packed" : rows == OTTAVA_ROWS_IN_PLACE ? "read in place" : "of its own kind";
}

const char* exactness_in_words(std::uint32_t exactness) {
  switch (exactness) {
    case OTTAVA_EXACT_BY_TYPES: return "no accumulator can overflow: types, zero points and depth show it";
    case OTTAVA_EXACT_BY_WEIGHTS: return "no accumulator can overflow: the weights show it";
    case OTTAVA_MAY_WRAP: return "accumulators may wrap";
    default: return "the weights will decide whether an accumulator can overflow";
  }
}

struct Declined {
  std::string kernel, reason;
};

// "kernel: reason; kernel: reason".
std::vector<Declined> declined_of(const ottava_route& route) {
  const std::string text = route.declined;
  std::vector<Declined> all;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find("; ", from), text.size());
    const std::size_t colon = std::min(text.find(": ", from), end);
    all.push_back({text.substr(from, colon - from), colon == end ? "" : text.substr(colon + 2, end - colon - 2)});
    from = end + 2;
  }
  return all;
}

const char* bound_in_words(std::uint32_t bound) {
  return bound == OTTAVA_BOUND_MULTIPLY ? "the multiplier" : bound == OTTAVA_BOUND_MEMORY ? "memory" : "calls";
}

}  // namespace

void print(const ottava_route& r, const ottava_context* context) {
  if (r.words[0] != '\0') std::printf("route     %s\n", r.words);
  if (r.kernel[0] != '\0') {
    std::printf("kernel    %s, tier %s, tile %" PRId64 " x %" PRId64 " x %" PRId64 "\n", r.kernel,
                tier_name(context, r.tier).c_str(), r.tile_m, r.tile_n, r.tile_k);
  }
  if (r.small_m_rows != 0) {
    std::printf("few rows  up to %" PRId64 " take the kernel for few rows%s\n", r.small_m_rows,
                r.small_m != 0 ? ": this run does" : "");
  }
  if (r.lhs_rows != 0) std::printf("lhs       %s\n", rows_in_words(r.lhs_rows));
  if (r.schedule == OTTAVA_SCHEDULE_IN_ORDER) std::printf("schedule  for cores that start in program order\n");
  if (r.row_blocks != 0 || r.column_blocks != 0) {
    std::printf("blocks    %" PRId64 " x %" PRId64 " of %" PRId64 " rows and %" PRId64 " channels\n", r.row_blocks,
                r.column_blocks, r.block_rows, r.block_columns);
  }
  std::printf("output    %s\n", r.fused != 0 ? "made in registers" : "made from accumulators in memory");
  std::printf("threads   %" PRIu32 "%s%s\n", r.threads, r.thread_cut > OTTAVA_CUT_NONE ? ", which share out " : "",
              r.thread_cut > OTTAVA_CUT_NONE ? name_of_thread_cut(r.thread_cut) : "");
  std::printf("memory    %" PRIu64 " bytes of packed weights, %" PRIu64 " bytes of workspace\n", r.packed_bytes,
              r.workspace_bytes);
  std::printf("exact     %s\n", exactness_in_words(r.exactness));
  if (r.tuned != 0) std::printf("tuned     by a line of the tuning file\n");
  if (r.bound != 0) {
    std::printf("predicted %" PRIu64 " cycles, bound by %s: multiplying takes %" PRIu64 ", memory %" PRIu64
                ", calls %" PRIu64 "\n",
                r.predicted_cycles, bound_in_words(r.bound), r.multiply_cycles, r.memory_cycles, r.call_cycles);
  }
  const std::vector<Declined> all = declined_of(r);
  for (std::size_t i = 0; i < all.size(); ++i) {  // those of one reason in a line
    std::printf("%s%s", i == 0 || all[i].reason != all[i - 1].reason ? "declined  " : ", ", all[i].kernel.c_str());
    if (i + 1 == all.size() || all[i].reason != all[i + 1].reason) std::printf(": %s\n", all[i].reason.c_str());
  }
}

void write(const ottava_route& r, const ottava_context* context, Json* json) {
  json->with("kernel", r.kernel).with("tier", tier_name(context, r.tier)).with("small_m", r.small_m != 0);
  json->with("lhs_rows", name_of_lhs_rows(r.lhs_rows)).with("schedule", name_of_schedule(r.schedule));
  json->with("fused", r.fused != 0).with("threads", r.threads).with("thread_cut", name_of_thread_cut(r.thread_cut));
  json->with("exactness", name_of_exactness(r.exactness)).with("bound", name_of_bound(r.bound));
  json->with("tuned", r.tuned != 0).with("small_m_rows", r.small_m_rows).with("tile_m", r.tile_m);
  json->with("tile_n", r.tile_n).with("tile_k", r.tile_k).with("block_rows", r.block_rows);
  json->with("block_columns", r.block_columns).with("row_blocks", r.row_blocks);
  json->with("column_blocks", r.column_blocks).with("packed_bytes", r.packed_bytes);
  json->with("workspace_bytes", r.workspace_bytes).with("predicted_cycles", r.predicted_cycles);
  json->with("multiply_cycles", r.multiply_cycles).with("memory_cycles", r.memory_cycles);
  json->with("call_cycles", r.call_cycles).with("words", r.words);
  json->key("declined").begin('[');
  for (const Declined& one : declined_of(r)) {
    json->begin('{').with("kernel", one.kernel).with("reason", one.reason).end('}');
  }
  json->end(']');
}

}  // namespace ottava::tools
