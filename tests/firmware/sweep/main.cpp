// The operator sweeps of the host on a core without an operating system, which QEMU emulates. Words reach the host by
// semihosting, and so do settings: arguments of the form NAME=value become the environment, as of the tests of a host;
// another argument is a part of the names of the test cases that are to run.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <iostream>
#include <set>
#include <vector>

#include "core.h"
#include "cpu/tiers.h"
#include "guards.h"
#include "runs.h"
#include "support.h"
#include "without_catch.h"

using namespace ottava;

TestCase* TestCase::first = nullptr;
TestCase** TestCase::last = &TestCase::first;
const Note* Note::innermost = nullptr;

namespace {

const TestCase* running = nullptr;

// SYS_GET_CMDLINE of semihosting.
std::vector<std::string> arguments() {
  char text[1024] = "";
  struct {
    char* text;
    std::size_t bytes;
  } block = {text, sizeof text};
  semihosting(0x15, &block);
  std::istringstream words(text);
  std::vector<std::string> found;
  std::string word;
  words >> word;  // the program
  while (words >> word) found.push_back(word);
  return found;
}

// Every kernel that the core is compiled for must have run, and with it each tier that the build promises.
int missing_kernels(const std::set<std::string>& seen) {
  int missing = 0;
  std::set<std::string> built, ran;  // tiers
  const auto look = [&](const auto& kernels) {
    for (const auto* kernel : kernels) {
      const char* const name = kernel->name;
      const char* const tier = tier_of(kernel->isa)->name;
      const bool did = seen.count(name) != 0;
      if (did) ran.insert(tier);
      if (did) continue;
      std::printf("NOT RUN: %s of %s\n", name, tier);
      ++missing;
    }
  };
  look(runnable_kernels_for_some_weights());
  look(runnable_depthwise_kernels());
  look(runnable_pooling_kernels());
  std::istringstream promised(OTTAVA_TEST_TIERS);
  for (std::string tier; std::getline(promised, tier, ',');) {
    std::printf("tier %s %s\n", tier.c_str(), ran.count(tier) != 0 ? "exercised" : "NOT EXERCISED");
    if (ran.count(tier) == 0) ++missing;
  }
  return missing;
}

}  // namespace

void ottava::fail(const char* file, int line, const std::string& what) {
  std::cout << "FAILED: " << what << "\n  at " << file << ":" << line << "\n  in "
            << (running != nullptr ? running->name : "no test case") << "\n";
  for (const Note* note = Note::innermost; note != nullptr; note = note->outer) {
    std::cout << "  ";
    note->tell(std::cout);
    std::cout << "\n";
  }
  std::cout << std::flush;
  std::_Exit(1);
}

void ottava::report_fault(std::uintptr_t instruction, std::uintptr_t status, std::uintptr_t address) {
  char words[128];
  std::snprintf(words, sizeof words, "a fault at instruction %08lx, status %08lx, address %08lx",
                static_cast<unsigned long>(instruction), static_cast<unsigned long>(status),
                static_cast<unsigned long>(address));
  fail("the core", 0, words);
}

int main() {
  std::set_terminate([] { fail("the program", 0, "an exception that nobody catches: no memory?"); });
  std::string wanted;
  for (const std::string& argument : arguments()) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) {
      wanted = argument;
    } else {
      setenv(argument.substr(0, equals).c_str(), argument.substr(equals + 1).c_str(), 1);
    }
  }
  std::set<std::string> seen;
  unsigned long all = 0, cases = 0;
  for (running = TestCase::first; running != nullptr; running = running->next) {
    if (std::strstr(running->name, wanted.c_str()) == nullptr) continue;
    std::printf("%s\n", running->name);
    std::fflush(stdout);
    const std::clock_t start = std::clock();
    ++cases;
    running->run();
    std::printf("    %.1f s\n", static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    for (const auto& [kernel, count] : take_runs()) {
      std::printf("    %lu runs: %s\n", count, kernel.c_str());
      seen.insert(kernel);
      all += count;
    }
  }
  const GuardCounts guards = guard_counts();
  report(std::string(OTTAVA_TEST_BOARD) + ": " + std::to_string(all) + " runs equal the oracle, " +
         std::to_string(guards.regions) + " buffers in regions of the MPU, " + std::to_string(guards.canaries) +
         " between canaries");
  if (cases == 0) fail("the arguments", 0, "no name of a test case has " + wanted);
  return !wanted.empty() ? 0 : missing_kernels(seen) != 0 || guards.regions == 0 ? 1 : 0;
}
