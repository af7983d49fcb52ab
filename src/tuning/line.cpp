#include "tuning/line.h"

namespace ottava {
namespace {

class Writer {
 public:
  explicit Writer(Text& text) : text_(text) {}

  void number(const char* name, const int64_t* value, int64_t) { word(name) << *value; }
  void choice(const ProblemWord& word, const uint8_t* value) {
    if (*value == 0 && !word.always) return;
    if (word.values != nullptr) {
      this->word(word.name) << word.values[*value];
    } else {
      space() << word.name;
    }
  }
  void name(const char* name, char (*value)[64]) {
    if ((*value)[0] != '\0') word(name) << *value;
  }
  template <class T, size_t kCount>
  void option(const char* name, const char* const (&values)[kCount], const T* value) {
    if (*value != T{}) word(name) << values[static_cast<uint32_t>(*value) - 1];
  }
  void size(const char* name, const int64_t* value, int64_t, int64_t) {
    if (*value != 0) word(name) << *value;
  }
  void decimal(const char* name, const Decimal& form, const uint64_t* value) {
    uint64_t unit = 1;
    for (int i = 0; i < form.places; ++i) unit *= 10;
    word(name) << *value / unit << ".";
    for (uint64_t place = unit / 10; place != 0; place /= 10) text_ << *value / place % 10;
    text_ << form.unit;
  }
  void count(const char* name, const uint32_t* value) { word(name) << *value; }

 private:
  Text& space() { return text_ << (text_.empty() ? "" : " "); }
  Text& word(const char* name) { return space() << name << "="; }

  Text& text_;
};

// Fails once, and does nothing from then on.
class Reader {
 public:
  Reader(const char* text, size_t length, uint64_t line, Error* error)
      : at_(text), left_(length), line_(line), error_(error) {}

  void number(const char* name, int64_t* value, int64_t least) {
    if (begins(name, "=") && (take_integer(value), *value < least)) refuse("a number is too small");
  }
  void choice(const ProblemWord& word, uint8_t* value) {
    if (word.values == nullptr) {
      *value = opens(word.name, "") ? (skip(word.name), uint8_t{1}) : uint8_t{0};
      return;
    }
    *value = 0;
    if (!word.always && !opens(word.name, "=")) return;
    if (!begins(word.name, "=")) return;
    for (uint8_t i = word.always ? 0 : 1; i < word.count; ++i) {
      if (take_value(word.values[i])) {
        *value = i;
        return;
      }
    }
    refuse("an unknown value");
  }
  void name(const char* name, char (*value)[64]) {
    (*value)[0] = '\0';
    if (!opens(name, "=") || !begins(name, "=")) return;
    size_t length = 0;
    for (; length < left_ && at_[length] != ' '; ++length) {
      const char c = at_[length];
      const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      if (!known || length + 1 == sizeof *value) return refuse("no name of a kernel");
      (*value)[length] = c;
    }
    (*value)[length] = '\0';
    if (length == 0) return refuse("no name of a kernel");
    advance(length);
  }
  template <class T, size_t kCount>
  void option(const char* name, const char* const (&values)[kCount], T* value) {
    *value = T{};
    if (!opens(name, "=") || !begins(name, "=")) return;
    for (uint32_t i = 0; i < kCount; ++i) {
      if (take_value(values[i])) {
        *value = static_cast<T>(i + 1);
        return;
      }
    }
    refuse("an unknown value");
  }
  void size(const char* name, int64_t* value, int64_t least, int64_t most) {
    *value = 0;
    if (!opens(name, "=") || !begins(name, "=")) return;
    const bool negative = left_ != 0 && *at_ == '-';
    if (negative) advance(1);
    take_integer(value);
    if (negative) *value = -*value;
    if (*value < least || *value == 0) refuse("a number is too small");
    if (*value > most) refuse("a number is too large");
  }
  void decimal(const char* name, const Decimal& form, uint64_t* value) {
    if (!begins(name, "=")) return;
    int64_t whole = 0;
    take_integer(&whole);
    if (!take(".")) return refuse("a number without its point");
    *value = static_cast<uint64_t>(whole);
    for (int i = 0; i < form.places; ++i) {
      const bool is_digit = left_ != 0 && *at_ >= '0' && *at_ <= '9';
      if (!is_digit || __builtin_mul_overflow(*value, 10, value) ||
          __builtin_add_overflow(*value, static_cast<uint64_t>(*at_ - '0'), value)) {
        return refuse("a wrong number");
      }
      advance(1);
    }
    if (!take_value(form.unit)) refuse("a number without its unit");
  }
  void count(const char* name, uint32_t* value) {
    int64_t read = 0;
    if (!begins(name, "=")) return;
    take_integer(&read);
    if (read > UINT32_MAX) return refuse("a number is too large");
    *value = static_cast<uint32_t>(read);
  }

  Status finish() {
    if (!failed_ && left_ != 0) refuse("an unknown word, or one out of place");
    return failed_ ? Status::bad_tuning : Status::ok;
  }

 private:
  void refuse(const char* words) {
    if (!failed_) refuse_line(line_, words, at_, left_, error_);
    failed_ = true;
    left_ = 0;
  }
  void advance(size_t characters) {
    at_ += characters;
    left_ -= characters;
  }
  // Whether the rest begins with these, and the word ends there if `end` is empty.
  bool opens(const char* name, const char* end) const {
    size_t at = first_ ? 0 : 1;
    if (!first_ && (left_ == 0 || *at_ != ' ')) return false;
    for (; *name != '\0'; ++name, ++at) {
      if (at >= left_ || at_[at] != *name) return false;
    }
    return *end != '\0' ? at < left_ && at_[at] == *end : at == left_ || at_[at] == ' ';
  }
  void skip(const char* name) {
    advance(text_length(name) + (first_ ? 0 : 1));
    first_ = false;
  }
  // Takes the name of a word that has to be there.
  bool begins(const char* name, const char* end) {
    if (failed_) return false;
    if (!opens(name, end)) {
      char words[64];
      Text(words) << "an unknown word, or " << name << " is missing";
      refuse(words);
      return false;
    }
    skip(name);
    advance(text_length(end));
    return true;
  }
  bool take(const char* words) {
    const size_t length = text_length(words);
    if (length > left_) return false;
    for (size_t i = 0; i < length; ++i) {
      if (at_[i] != words[i]) return false;
    }
    advance(length);
    return true;
  }
  // A whole value, behind which the word ends.
  bool take_value(const char* words) {
    const size_t length = text_length(words);
    if (length > left_ || (length < left_ && at_[length] != ' ')) return false;
    return take(words);
  }
  // Digits, without zeros before them.
  void take_integer(int64_t* value) {
    *value = 0;
    size_t digits = 0;
    for (; digits < left_ && at_[digits] >= '0' && at_[digits] <= '9'; ++digits) {
      if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, at_[digits] - '0', value)) {
        *value = 0;
        return refuse("a number is too large");
      }
    }
    if (digits == 0 || (digits > 1 && *at_ == '0')) return refuse("a wrong number");
    advance(digits);
  }

  const char* at_;
  size_t left_;
  const uint64_t line_;
  Error* const error_;
  bool first_ = true;
  bool failed_ = false;
};

}  // namespace

void write_line(const TunedLine& line, Text& text) {
  TunedLine copy = line;
  Writer writer(text);
  visit(writer, copy);
}

Status read_line(const char* text, size_t length, uint64_t number, TunedLine* line, Error* error) {
  Reader reader(text, length, number, error);
  visit(reader, *line);
  const Status status = reader.finish();
  if (status != Status::ok) return status;
  if (line->problem.most_rows != class_of_rows(line->problem.most_rows)) {
    return refuse_line(number, "m is no power of two", text, length, error);
  }
  return status;
}

Status refuse_line(uint64_t number, const char* words, const char* rest, size_t length, Error* error) {
  Text text = error->set(Status::bad_tuning, "text");
  text << "line " << number << ": " << words;
  char quoted[48];
  size_t count = 0;
  for (; count < length && rest[count] == ' '; ++count) continue;
  const size_t from = count;
  for (; count < length && rest[count] != ' ' && count - from + 1 < sizeof quoted; ++count) {
    quoted[count - from] = rest[count] > ' ' && rest[count] < 127 ? rest[count] : '?';
  }
  quoted[count - from] = '\0';
  text << (count == from ? ", at its end" : ", at \"") << quoted << (count == from ? "" : "\"");
  return Status::bad_tuning;
}

}  // namespace ottava
