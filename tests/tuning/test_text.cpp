// The text of tunings: what is written is read again byte for byte, and each wrong line alone rejects the whole, with
// the number of the line and the word.
#include "tuning_text.h"

using namespace ottava;

namespace {

const std::string kPlain = "m=8 n=64 k=1536 lhs=s8 rhs=s8 dst=s8 rule=fixed_two_roundings";
const std::string kFull =
    "m=4096 n=0 k=9223372036854775807 lhs=u8 rhs=u8 dst=f32 rule=multiply_shift_half_away quantization=onnx_dynamic "
    "lhs_order=column rhs_order=column dst_order=column runtime_rhs row_scales row_zero_points rhs_zero_point "
    "unfit_weights activation=gemmlowp_tanh addition=xnnpack";

std::vector<std::string> sound_lines(const ottava_context*) {
  return {line_of_words(kPlain + " kernel=s8s8s32_4x8x2_portable small_m_rows=-1"),
          line_of_words(kFull + " lhs_rows=in_place schedule=in_order thread_cut=columns small_m_rows=65536 "
                                "block_rows=1 block_columns=268435456 work_per_thread=2305843009213693951"),
          kPlain.substr(0, 2) + "16" + kPlain.substr(3) +
              " default=0.000ns tuned=18446744073709551.615ns noise=0.0001% "
              "turns=0"};
}

// One line of a problem; the lines before it are nine.
struct WrongLine {
  std::string line;
  std::string words;
};

}  // namespace

TEST_CASE("tuning: what is written is read again, byte for byte", "[tuning]") {
  const KernelContext context(nullptr);
  for (const auto& lines : {std::vector<std::string>(), sound_lines(context.get())}) {
    const std::string text = text_with(context.get(), lines);
    const OwnedTuning tuning = read_sound(context.get(), text);
    CHECK(text_of(tuning.get()) == text);
    // As many bytes as fit, and a 0.
    std::string part(text.size() + 1, '?');
    for (std::size_t bytes = 1; bytes <= part.size(); bytes += 7) {
      std::uint64_t needed = 0;
      REQUIRE(ottava_tuning_write(tuning.get(), &part[0], bytes, &needed, nullptr) == OTTAVA_OK);
      CHECK(needed == text.size() + 1);
      CHECK(part.substr(0, bytes - 1) == text.substr(0, bytes - 1));
      CHECK(part[bytes - 1] == '\0');
      CHECK((bytes == part.size() || part[bytes] == '?'));
    }
  }
}

TEST_CASE("tuning: a line says in a structure what it says in words", "[tuning]") {
  const KernelContext context(nullptr);
  const OwnedTuning tuning = read_sound(context.get(), text_with(context.get(), sound_lines(context.get())));
  ottava_tuned_info info = OTTAVA_TUNED_INFO_INIT;
  REQUIRE(ottava_tuning_query(tuning.get(), 0, &info, nullptr) == OTTAVA_OK);
  CHECK((info.most_rows == 8 && info.n == 64 && info.k == 1536 && info.turns == 128));
  CHECK((info.default_picoseconds == 1000000 && info.tuned_picoseconds == 900000 && info.noise_millionths == 10000));
  CHECK(std::string(info.knobs.kernel) == "s8s8s32_4x8x2_portable");
  CHECK(info.knobs.small_m_rows == -1);
  CHECK(std::string(info.problem) == kPlain);
  REQUIRE(ottava_tuning_query(tuning.get(), 1, &info, nullptr) == OTTAVA_OK);
  CHECK(info.knobs.lhs_rows == OTTAVA_ROWS_IN_PLACE);
  CHECK(info.knobs.schedule == OTTAVA_SCHEDULE_IN_ORDER);
  CHECK(info.knobs.thread_cut == OTTAVA_CUT_COLUMNS);
  CHECK((info.knobs.block_rows == 1 && info.knobs.block_columns == 1 << 28));
  CHECK(info.knobs.work_per_thread == INT64_MAX / 4);
  CHECK(kFull.find(info.problem) == 0);
  const ottava_tuned_info before = info;
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_OUT_OF_RANGE, "index", {"is 3", "3 lines"}},
                ottava_tuning_query(tuning.get(), 3, &info, &error), error);
  info.struct_size = 8;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "info", {"struct_size"}}, ottava_tuning_query(tuning.get(), 0, &info, &error),
                error);
  info.struct_size = before.struct_size;
  CHECK(same_bytes(info, before));
}

TEST_CASE("tuning: each wrong word rejects the whole", "[tuning]") {
  const KernelContext context(nullptr);
  const std::string times = kTimes;
  const WrongLine cases[] = {
      {"", "m is missing, at its end"},
      {"n=64 k=1536" + times, "m is missing, at \"n=64\""},
      {line_of_words("m=3" + kPlain.substr(3)), "m is no power of two, at \"m=3\""},
      {line_of_words("m=0" + kPlain.substr(3)), "too small"},
      {line_of_words("m=08" + kPlain.substr(3)), "a wrong number, at \"08\""},
      {line_of_words("m=-8" + kPlain.substr(3)), "a wrong number, at \"-8\""},
      {line_of_words("m=8 n=9223372036854775808" + kPlain.substr(8)),
       "a number is too large, at \"9223372036854775808\""},
      {line_of_words("m=8 n= k=1536" + kPlain.substr(15)), "a wrong number"},
      {line_of_words("m=8  n=64" + kPlain.substr(8)), "n is missing"},
      {line_of_words(" " + kPlain), "m is missing"},
      {line_of_words("m=8 n=64x" + kPlain.substr(8)), "k is missing"},
      {line_of_words("m=8 n=64 k=1536 lhs=s16 rhs=s8 dst=s8 rule=none"), "an unknown value, at \"s16\""},
      {line_of_words("m=8 n=64 k=1536 lhs=s8 rhs=s8 dst=s8 rule=nonesuch"), "an unknown value, at \"nonesuch\""},
      {line_of_words("m=8 n=64 k=1536 rhs=s8 lhs=s8 dst=s8 rule=none"), "lhs is missing, at \"rhs=s8\""},
      {line_of_words(kPlain + " quantization=none"), "an unknown value, at \"none\""},
      {line_of_words(kPlain + " runtime_rhs=1"), "at \"runtime_rhs=1\""},
      {line_of_words(kPlain + " row_scales runtime_rhs"), "at \"runtime_rhs\""},
      {line_of_words(kPlain + " row_scales row_scales"), "at \"row_scales\""},
      {line_of_words(kPlain + " kernel="), "no name of a kernel"},
      {line_of_words(kPlain + " kernel=S8"), "no name of a kernel"},
      {line_of_words(kPlain + " kernel=" + std::string(64, 'a')), "no name of a kernel"},
      {line_of_words(kPlain + " lhs_rows=any"), "an unknown value, at \"any\""},
      {line_of_words(kPlain + " block_rows=0"), "too small"},
      {line_of_words(kPlain + " block_rows=-1"), "too small"},
      {line_of_words(kPlain + " small_m_rows=-2"), "too small"},
      {line_of_words(kPlain + " small_m_rows=65537"), "too large"},
      {line_of_words(kPlain + " small_m_rows=--1"), "a wrong number, at \"-1\""},
      {line_of_words(kPlain + " block_rows=8 small_m_rows=4"), "at \"small_m_rows=4\""},
      {line_of_words(kPlain + " color=blue"), "an unknown word, or default is missing, at \"color=blue\""},
      {kPlain + " default=1000ns tuned=900.000ns noise=1.0000% turns=128", "without its point"},
      {kPlain + " default=1000.00ns tuned=900.000ns noise=1.0000% turns=128", "a wrong number"},
      {kPlain + " default=1000.000us tuned=900.000ns noise=1.0000% turns=128", "without its unit"},
      {kPlain + " default=18446744073709551.616ns tuned=900.000ns noise=1.0000% turns=128", "a wrong number"},
      {kPlain + " default=1.000ns tuned=1.000ns noise=1.0000% turns=4294967296", "too large"},
      {kPlain + " default=1.000ns tuned=1.000ns noise=1.0000%", "turns is missing, at its end"},
      {kPlain + times + " turns=128", "an unknown word, or one out of place"},
      {kPlain + times + " ", "an unknown word, or one out of place"},
      {kPlain + times + "\r", "out of place, at \"?\""},
      {kPlain + std::string(1, '\0') + times, "an unknown value, at \"fixed_two_roundings?\""},
  };
  for (const WrongLine& wrong : cases) {
    const std::string sound = line_of_words("m=1" + kPlain.substr(3));
    const Refusal expected = {OTTAVA_BAD_TUNING, "text", {"line 11: "}};
    check_text_refused(context.get(), expected, text_with(context.get(), {sound, wrong.line}));
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_tuning* none = nullptr;
    const std::string text = text_with(context.get(), {sound, wrong.line});
    ottava_tuning_read(context.get(), text.data(), text.size(), OTTAVA_TUNING_OF_ANOTHER_MACHINE, &none, &error);
    INFO(wrong.line << "\n" << error.message << "\nwanted: " << wrong.words);
    CHECK(std::string(error.message).find(wrong.words) != std::string::npos);
  }
  const std::string line = line_of_words(kPlain);
  const std::string other = line_of_words(kPlain + " block_rows=8");
  check_text_refused(context.get(), {OTTAVA_BAD_TUNING, "text", {"line 11: ", "a line before"}},
                     text_with(context.get(), {line, other}));
}

TEST_CASE("tuning: each wrong line before the problems rejects the whole", "[tuning]") {
  const KernelContext context(nullptr);
  const std::string text = text_with(context.get(), {line_of_words(kPlain)});
  const auto with = [&text](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, from.size(), to);
  };
  const struct {
    std::string text;
    const char* words;
  } cases[] = {
      {with("ottava-tuning 1", "ottava-tuning 2"), "line 1: is not \"ottava-tuning 1\""},
      {with("ottava-tuning 1", "ottava-tuning 1 "), "line 1: "},
      {with("library=", "version="), "line 2: is no line of library"},
      {with("library=0", "library=O"), "line 2: is no line of library"},
      {with("kernels=", "kernels=g"), "line 3: is no line of kernels"},
      {with("cpu=", "cpu=\t"), "line 4: is no line of cpu"},
      {with("cpu=", "cpu=" + std::string(104, 'a')), "line 4: is no line of cpu"},
      {with("caches=", "caches= "), "line 5: is no line of caches"},
      {with("threads=1", "threads="), "line 6: is no line of threads"},
      {with("threads=1\n", ""), "line 6: is no line of threads"},
      {with("cap=", "cap "), "line 7: is no line of cap"},
      {with("problems=1", "problems=01"), "line 9: a wrong number"},
      {with("problems=1", "problems=16385"), "line 9: a wrong number"},
      {with("problems=1", "problems=99999999999999999999"), "line 9: a wrong number"},
      {with("problems=1", "problems=x"), "line 9: is no line of problems"},
      {with("problems=1", "problems=2"), "line 11: is missing, of a problem"},
      {with("problems=1", "problems=0"), "line 10: is one more than the problems"},
      {text + "\n", "line 11: is one more than the problems"},
      {std::string(), "line 1: is missing"},
  };
  for (const auto& wrong : cases) {
    check_text_refused(context.get(), {OTTAVA_BAD_TUNING, "text", {wrong.words}}, wrong.text,
                       OTTAVA_TUNING_OF_ANOTHER_MACHINE);
  }
  for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
    // Apart from the others, at the end of memory that may be read.
    const std::vector<char> part(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bytes));
    ottava_tuning* tuning = sentinel<ottava_tuning>();
    const char* const data = bytes != 0 ? part.data() : "";
    CHECK(ottava_tuning_read(context.get(), data, bytes, 0, &tuning, nullptr) != OTTAVA_OK);
    CHECK(ottava_tuning_read(context.get(), data, bytes, OTTAVA_TUNING_OF_ANOTHER_MACHINE, &tuning, nullptr) ==
          OTTAVA_BAD_TUNING);
    CHECK(tuning == sentinel<ottava_tuning>());
  }
}

TEST_CASE("tuning: of another machine it is refused in words, or read on request", "[tuning]") {
  const KernelContext context(nullptr);
  const std::string text = text_with(context.get(), {line_of_words(kPlain + " kernel=of_another_build block_rows=8")});
  const char* const names[] = {"library", "kernels", "cpu", "caches", "threads", "cap", "kernel"};
  for (const char* const name : names) {
    const std::string start = std::string("\n") + name + "=";
    const std::size_t at = text.find(start) + start.size();
    std::string other = text;
    other.replace(at, other.find('\n', at) - at, "7");
    check_text_refused(context.get(), {OTTAVA_UNSUPPORTED, "text", {"another machine", std::string(name) + " 7, not "}},
                       other);
    CHECK(text_of(read_sound(context.get(), other, OTTAVA_TUNING_OF_ANOTHER_MACHINE).get()) == other);
  }
  check_text_refused(context.get(), {OTTAVA_BAD_OPTION, "flags", {"is 2"}}, text, 2);
  ottava_tuning* tuning = nullptr;
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "context", {"NULL"}},
                ottava_tuning_read(nullptr, text.data(), text.size(), 0, &tuning, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "text", {"NULL"}},
                ottava_tuning_read(context.get(), nullptr, 1, 0, &tuning, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "tuning", {"NULL"}},
                ottava_tuning_read(context.get(), text.data(), text.size(), 0, nullptr, &error), error);
}

TEST_CASE("tuning: merged, a problem has the line that was measured longer", "[tuning]") {
  const KernelContext context(nullptr);
  const auto turns = [](const std::string& words, int count) {
    return words + " default=1.000ns tuned=1.000ns noise=1.0000% turns=" + std::to_string(count);
  };
  const std::string second = "m=1" + kPlain.substr(3), third = "m=2" + kPlain.substr(3),
                    fourth = "m=4" + kPlain.substr(3);
  const OwnedTuning a = read_sound(
      context.get(), text_with(context.get(), {turns(kPlain, 5), turns(second + " block_rows=8", 9), turns(third, 6)}));
  const OwnedTuning b = read_sound(
      context.get(), text_with(context.get(), {turns(fourth, 1), turns(second, 8), turns(third + " block_rows=4", 7),
                                               turns(kPlain + " block_rows=4", 5)}));
  ottava_tuning* merged = nullptr;
  REQUIRE(ottava_tuning_merge(a.get(), b.get(), &merged, nullptr) == OTTAVA_OK);
  CHECK(text_of(owned(merged).get()) ==
        text_with(context.get(), {turns(kPlain, 5), turns(second + " block_rows=8", 9),
                                  turns(third + " block_rows=4", 7), turns(fourth, 1)}));

  std::string text = text_of(b.get());
  text.replace(text.find("threads=1"), 9, "threads=2");
  const OwnedTuning other = read_sound(context.get(), text, OTTAVA_TUNING_OF_ANOTHER_MACHINE);
  ottava_tuning* none = sentinel<ottava_tuning>();
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "second", {"threads 2, not 1"}},
                ottava_tuning_merge(a.get(), other.get(), &none, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "first", {"NULL"}}, ottava_tuning_merge(nullptr, b.get(), &none, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "second", {"NULL"}}, ottava_tuning_merge(a.get(), nullptr, &none, &error), error);
  CHECK(none == sentinel<ottava_tuning>());
}
