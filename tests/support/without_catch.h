// The macros of Catch2 that the sweeps use, for programs without it: on a core without an operating system, and the
// command `ottava verify`. What becomes of a requirement that fails, the program says. Notes (INFO) are put into words
// only then: emulated cores are slow.
#ifndef OTTAVA_TESTS_WITHOUT_CATCH_H_
#define OTTAVA_TESTS_WITHOUT_CATCH_H_

#include <ostream>
#include <sstream>
#include <string>

namespace ottava {

class TestCase {
 public:
  TestCase(const char* its_name, void (*function)()) : name(its_name), run(function), next(nullptr) {
    *last = this;
    last = &next;
  }
  const char* const name;
  void (*const run)();
  TestCase* next;
  static TestCase *first, **last;  // in the order of their files
};

// What holds in a scope, told if something fails there.
class Note {
 public:
  Note() : outer(innermost) { innermost = this; }
  ~Note() { innermost = outer; }
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;
  virtual void tell(std::ostream& out) const = 0;
  const Note* const outer;
  static const Note* innermost;
};
template <class Words>
class NoteOf final : public Note {
 public:
  explicit NoteOf(Words words) : words_(words) {}
  void tell(std::ostream& out) const override { words_(out); }

 private:
  Words words_;
};

// Tells what failed, and with which notes; ends the program, or throws.
[[noreturn]] void fail(const char* file, int line, const std::string& what);

}  // namespace ottava

#define OTTAVA_JOIN_(a, b) a##b
#define OTTAVA_JOIN(a, b) OTTAVA_JOIN_(a, b)
#define OTTAVA_TEST_CASE(function, name)                                   \
  static void function();                                                  \
  static ::ottava::TestCase OTTAVA_JOIN(function, _entry)(name, function); \
  static void function()
#define TEST_CASE(name, ...) OTTAVA_TEST_CASE(OTTAVA_JOIN(test_case_, __LINE__), name)
#define INFO(words)                                     \
  const ::ottava::NoteOf OTTAVA_JOIN(note_, __LINE__) { \
    [&](std::ostream& out) { out << words; }            \
  }
#define REQUIRE(...)                                                                       \
  do {                                                                                     \
    if (!static_cast<bool>(__VA_ARGS__)) ::ottava::fail(__FILE__, __LINE__, #__VA_ARGS__); \
  } while (false)
#define CHECK(...) REQUIRE(__VA_ARGS__)
#define FAIL(words)                                 \
  do {                                              \
    std::ostringstream text;                        \
    text << words;                                  \
    ::ottava::fail(__FILE__, __LINE__, text.str()); \
  } while (false)

#endif  // OTTAVA_TESTS_WITHOUT_CATCH_H_
