// Loading a packed file of 16 MiB from a memory map.
#ifndef OTTAVA_BENCHMARKS_LOAD_H_
#define OTTAVA_BENCHMARKS_LOAD_H_

#include <cstdint>
#include <string>

namespace bench {

void register_loads(const std::string& tier_name, std::uint32_t tier);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_LOAD_H_
