// Writes the file that its argument names: each tier of the library, best first, its architecture and the flags by
// which Linux shows a CPU that has it. `dev` compares these with the CPUs that it runs the tests on.
#include <cstdio>

int main(int, char** arguments) {
  std::FILE* file = std::fopen(arguments[1], "w");
  if (file == nullptr) return 1;
#define OTTAVA_TIER(name, constant, value, architecture, features, flags) \
  std::fputs(#name " " #architecture " " flags "\n", file);
#include "cpu/tiers.inc"
#undef OTTAVA_TIER
  return std::fclose(file);
}
