#include "verify.h"

#include <unistd.h>

#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "json.h"
#include "progress.h"
#include "subjects.h"

namespace ottava::tools {
namespace {

constexpr std::uint64_t kMostDeclined = 3000;  // before the first case that a kernel takes
constexpr std::uint64_t kMostShown = 3;        // differences of a subject; then it is left alone

struct Account {
  Subject subject;
  std::uint64_t ran = 0, declined = 0, different = 0;
  bool done = false;
};

// A case that ends the program, as an instruction does that this CPU does not have, or an access beyond an operand, is
// told as the others are.
char case_under_way[256];

void tell_of_signal(int number) {
  const char* const what = number == SIGILL ? "an instruction that this CPU refuses" : "an access outside its memory";
  for (const char* part : {"\nDIFFERENT: ", what, ": ", static_cast<const char*>(case_under_way), "\n"}) {
    if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  }
  _exit(1);
}

std::string repeat_of(const std::string& name, std::uint64_t seed) {
  return "ottava verify --only " + name + " --seed " + std::to_string(seed) + " --cases 1";
}

struct Different {
  std::string subject, words;
  std::uint64_t seed;
};

void run_case(Account* account, std::uint64_t seed, std::vector<Different>* differences) {
  std::snprintf(case_under_way, sizeof case_under_way, "%s", repeat_of(account->subject.name, seed).c_str());
  try {
    if (account->subject.run(seed)) {
      ++account->ran;
    } else {
      ++account->declined;
    }
  } catch (const Difference& difference) {
    ++account->ran;
    differences->push_back({account->subject.name, difference.what(), seed});
    if (++account->different == kMostShown) account->done = true;
  }
}

void print(const std::vector<Account>& accounts, std::uint64_t cases, std::uint64_t seed, double seconds, bool good) {
  for (const Account& a : accounts) {
    std::printf("%-48s %8" PRIu64 " cases%s%s\n", a.subject.name.c_str(), a.ran,
                a.different != 0 ? (", " + std::to_string(a.different) + " DIFFERENT").c_str() : "",
                a.ran == 0 ? ": NOT RUN" : "");
  }
  std::printf("%s: %" PRIu64 " cases of %zu subjects, seed %" PRIu64 ", %.1f s\n", good ? "equal" : "NOT EQUAL", cases,
              accounts.size(), seed, seconds);
}

Json json_of(const std::vector<Account>& accounts, const std::vector<Different>& differences, std::uint64_t cases,
             std::uint64_t seed, double seconds, bool good) {
  Json json;
  json.begin('{').with("equal", good).with("cases", cases).with("seed", seed).with("seconds", seconds);
  json.key("subjects").begin('[');
  for (const Account& a : accounts) {
    json.begin('{').with("name", a.subject.name).with("kernel", a.subject.kernel).with("cases", a.ran);
    json.with("declined", a.declined).with("different", a.different).end('}');
  }
  json.end(']').key("differences").begin('[');
  for (const Different& d : differences) {
    json.begin('{').with("subject", d.subject).with("seed", d.seed).with("words", d.words);
    json.with("repeat", repeat_of(d.subject, d.seed)).end('}');
  }
  json.end(']').end('}');
  return json;
}

}  // namespace

bool verify(const VerifyOptions& options) {
  if (!(options.seconds > 0)) throw Misused("--seconds is not above 0");
  std::vector<Account> accounts;
  std::string names;
  for (Subject& subject : subjects_of(options.tier)) {
    names += (names.empty() ? "" : ", ") + subject.name;
    if (options.only.empty() || options.only == subject.name) accounts.push_back({std::move(subject)});
  }
  if (accounts.empty()) throw Misused("--only is " + options.only + ", expected one of " + names);
  const std::uint64_t now =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) / 1000;
  const std::uint64_t seed = options.seeded ? options.seed : now % 1000000000;
  for (const int number : {SIGSEGV, SIGBUS, SIGILL}) std::signal(number, tell_of_signal);

  Progress progress;
  std::vector<Different> differences;
  std::uint64_t cases = 0;
  const bool timed = options.cases == 0;
  bool going = true;
  for (std::uint64_t turn = 0; going; ++turn) {
    going = false;
    for (Account& a : accounts) {
      const std::uint64_t tried = a.ran + a.declined;
      const bool in_time = timed ? progress.seconds() < options.seconds : tried < options.cases;
      // Whatever the time, each runs once; a kernel that takes few cases is given more.
      const bool wanted = in_time || (timed && a.ran == 0 && tried < kMostDeclined);
      if (a.done || !wanted) continue;
      going = true;
      const std::size_t known = differences.size();
      run_case(&a, seed + turn, &differences);
      ++cases;
      progress.tell("verify: " + std::to_string(cases) + " cases, " + a.subject.name);
      if (differences.size() == known || options.json) continue;
      progress.clear();
      const Different& d = differences.back();
      std::printf("DIFFERENT %s: %s\n  again: %s\n", d.subject.c_str(), d.words.c_str(),
                  repeat_of(d.subject, d.seed).c_str());
      std::fflush(stdout);
    }
  }
  progress.clear();
  bool good = differences.empty();
  for (const Account& a : accounts) good = good && a.ran != 0;
  if (options.json) {
    json_of(accounts, differences, cases, seed, progress.seconds(), good).print();
  } else {
    print(accounts, cases, seed, progress.seconds(), good);
  }
  return good;
}

}  // namespace ottava::tools
