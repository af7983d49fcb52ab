#include "tuning/text.h"

#include "tuning/line.h"

namespace ottava {
namespace {

constexpr char kFormat[] = "ottava-tuning 1";
constexpr size_t kMostLineBytes = 1024;  // more than the longest that is written

// Counts characters, and writes those that fit before a 0.
class Written {
 public:
  Written(char* to, uint64_t bytes) : to_(to), bytes_(bytes) {}

  void line(const char* words) {
    for (; *words != '\0'; ++words) put(*words);
    put('\n');
  }
  uint64_t finish() {
    if (bytes_ != 0) to_[length_ < bytes_ ? length_ : bytes_ - 1] = '\0';
    return length_ + 1;
  }

 private:
  void put(char c) {
    if (length_ + 1 < bytes_) to_[length_] = c;
    ++length_;
  }

  char* const to_;
  const uint64_t bytes_;
  uint64_t length_ = 0;
};

// Line by line, each without its end.
class Lines {
 public:
  Lines(const char* text, uint64_t bytes, uint64_t from, uint64_t number)
      : text_(text), bytes_(bytes), at_(from), number_(number) {}

  const char* begin() const { return text_ + from_; }
  size_t length() const { return static_cast<size_t>(length_); }
  uint64_t number() const { return number_; }
  uint64_t at() const { return at_; }
  bool ended() const { return at_ == bytes_; }

  Status next(const char* wanted, Error* error) {
    ++number_;
    from_ = at_;
    while (at_ < bytes_ && text_[at_] != '\n') ++at_;
    length_ = at_ - from_;
    if (at_ == bytes_) {
      char words[80];
      Text(words) << (length_ == 0 ? "is missing, " : "has no end, ") << wanted;
      return refuse_line(number_, words, begin(), 0, error);
    }
    ++at_;
    return Status::ok;
  }
  // The value behind "name=".
  bool value_of(const char* name, const char** value, size_t* count) const {
    const size_t skipped = text_length(name);
    if (length_ <= skipped || begin()[skipped] != '=') return false;
    for (size_t i = 0; i < skipped; ++i) {
      if (begin()[i] != name[i]) return false;
    }
    *value = begin() + skipped + 1;
    *count = length() - skipped - 1;
    return true;
  }

 private:
  const char* const text_;
  const uint64_t bytes_;
  uint64_t at_;
  uint64_t number_;
  uint64_t from_ = 0;
  uint64_t length_ = 0;
};

bool is_one_of(char c, const char* characters) {
  if (characters == nullptr) return static_cast<uint8_t>(c) >= ' ' && c != 127;
  for (; *characters != '\0'; ++characters) {
    if (*characters == c) return true;
  }
  return false;
}

Status read_key_line(Lines& lines, const TuningLine& line, char (&value)[104], Error* error) {
  const Status status = lines.next(line.name, error);
  if (status != Status::ok) return status;
  const char* from = nullptr;
  size_t count = 0;
  bool sound = lines.value_of(line.name, &from, &count) && count != 0 && count < sizeof value;
  for (size_t i = 0; sound && i < count; ++i) {
    sound = is_one_of(from[i], line.characters);
    value[i] = from[i];
  }
  value[sound ? count : 0] = '\0';
  if (sound) return Status::ok;
  char words[64];
  Text(words) << "is no line of " << line.name;
  return refuse_line(lines.number(), words, lines.begin(), lines.length(), error);
}

Status read_count(Lines& lines, uint64_t bytes, uint32_t* count, Error* error) {
  char digits[104];
  const Status status = read_key_line(lines, {"problems", "0123456789"}, digits, error);
  if (status != Status::ok) return status;
  uint64_t value = 0;
  for (const char* digit = digits; *digit != '\0' && value <= kMostTunedLines; ++digit) {
    value = value * 10 + static_cast<uint64_t>(*digit - '0');
  }
  char again[24];
  Text(again) << value;
  if (value > kMostTunedLines || value > bytes || !same_text(again, digits)) {
    return refuse_line(lines.number(), "a wrong number", lines.begin(), lines.length(), error);
  }
  *count = static_cast<uint32_t>(value);
  return status;
}

}  // namespace

uint64_t write_tuning(const TunedLines& tuning, char* text, uint64_t bytes) {
  Written output(text, bytes);
  output.line(kFormat);
  char words[kMostLineBytes];
  for (size_t i = 0; i < kKeyLines; ++i) {
    Text(words) << key_lines[i].name << "=" << tuning.key.values[i];
    output.line(words);
  }
  Text(words) << "problems=" << tuning.count;
  output.line(words);
  for (uint32_t i = 0; i < tuning.count; ++i) {
    Text line(words);
    write_line(tuning.lines[i], line);
    output.line(words);
  }
  return output.finish();
}

Status read_head(const char* text, uint64_t bytes, TuningHead* head, Error* error) {
  Lines lines(text, bytes, 0, 0);
  Status status = lines.next(kFormat, error);
  if (status != Status::ok) return status;
  bool same = lines.length() == sizeof kFormat - 1;
  for (size_t i = 0; same && i < sizeof kFormat - 1; ++i) same = lines.begin()[i] == kFormat[i];
  if (!same) return refuse_line(1, "is not \"ottava-tuning 1\"", lines.begin(), lines.length(), error);
  for (size_t i = 0; i < kKeyLines; ++i) {
    status = read_key_line(lines, key_lines[i], head->key.values[i], error);
    if (status != Status::ok) return status;
  }
  status = read_count(lines, bytes, &head->problems, error);
  head->bytes = lines.at();
  return status;
}

Status read_lines(const char* text, uint64_t bytes, const TuningHead& head, const KernelList& kernels,
                  TunedLines* tuning, Error* error) {
  tuning->key = head.key;
  tuning->count = 0;
  Lines lines(text, bytes, head.bytes, kKeyLines + 2);
  for (uint32_t i = 0; i < head.problems; ++i) {
    Status status = lines.next("of a problem", error);
    TunedLine line;
    if (status == Status::ok) status = read_line(lines.begin(), lines.length(), lines.number(), &line, error);
    if (status != Status::ok) return status;
    for (size_t j = 0; j < kernels.count; ++j) {
      if (same_text(kernels.kernels[j]->name, line.kernel)) line.knobs.kernel = kernels.kernels[j];
    }
    if (line_of(*tuning, line.problem) != nullptr) {
      return refuse_line(lines.number(), "has the problem of a line before", lines.begin(), lines.length(), error);
    }
    add_line(line, tuning);
  }
  if (lines.ended()) return Status::ok;
  return refuse_line(lines.number() + 1, "is one more than the problems", text + lines.at(), 0, error);
}

}  // namespace ottava
