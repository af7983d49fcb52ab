// Line by line, core by core, in one pass without memory of its own, so that no text is too long.
#include "cpu/proc_cpuinfo.h"

namespace ottava {

namespace {

struct Span {
  const char* begin;
  size_t length;
};

bool is_blank(char character) { return character == ' ' || character == '\t' || character == '\r'; }

Span trimmed(Span span) {
  while (span.length != 0 && is_blank(span.begin[0])) {
    ++span.begin;
    --span.length;
  }
  while (span.length != 0 && is_blank(span.begin[span.length - 1])) --span.length;
  return span;
}

bool equals(Span span, const char* word) {
  for (size_t i = 0; i < span.length; ++i) {
    if (word[i] == '\0' || word[i] != span.begin[i]) return false;
  }
  return word[span.length] == '\0';
}

// Decimal, or hexadecimal after 0x; nothing else, and nothing that overflows.
bool read_number(Span span, uint32_t* number) {
  uint64_t base = 10;
  if (span.length > 2 && span.begin[0] == '0' && span.begin[1] == 'x') {
    base = 16;
    span.begin += 2;
    span.length -= 2;
  }
  if (span.length == 0) return false;
  uint64_t value = 0;
  for (size_t i = 0; i < span.length; ++i) {
    const char character = span.begin[i];
    uint64_t digit = base;
    if (character >= '0' && character <= '9') digit = static_cast<uint64_t>(character - '0');
    if (character >= 'a' && character <= 'f') digit = static_cast<uint64_t>(character - 'a') + 10;
    if (character >= 'A' && character <= 'F') digit = static_cast<uint64_t>(character - 'A') + 10;
    if (digit >= base) return false;
    value = value * base + digit;
    if (value > UINT32_MAX) return false;
  }
  *number = static_cast<uint32_t>(value);
  return true;
}

// The next "key : value" line; lines without a colon are skipped, and a last line without its end is
// taken for one that was cut off.
bool next_entry(const char** cursor, Span* key, Span* value) {
  for (;;) {
    const char* const begin = *cursor;
    const char* colon = nullptr;
    const char* end = begin;
    for (; *end != '\n'; ++end) {
      if (*end == '\0') return false;
      if (*end == ':' && colon == nullptr) colon = end;
    }
    *cursor = end + 1;
    if (colon == nullptr) continue;
    *key = trimmed({begin, static_cast<size_t>(colon - begin)});
    *value = trimmed({colon + 1, static_cast<size_t>(end - colon - 1)});
    return true;
  }
}

// What the lines from one "processor" line up to the next say.
struct Core {
  bool numbered;
  uint32_t number;
  bool has_implementer;
  bool has_part;
  bool has_architecture;
  bool has_arm_features;  // a line of features in which the words of an Arm CPU are found
  bool has_vendor;        // x86
  bool has_apic_id;       // x86
  CoreKind kind;
  uint64_t features;

  bool is_arm() const { return has_arm_features && has_implementer && has_part; }
};

struct FeatureWord {
  const char* word;
  uint64_t features;
};

// The words that matter, and those that show that the line is an Arm CPU's.
constexpr FeatureWord kFeatureWords[] = {
    {"asimd", bit(Feature::neon)}, {"neon", bit(Feature::neon)}, {"asimddp", bit(Feature::dotprod)},
    {"i8mm", bit(Feature::i8mm)},  {"sve", bit(Feature::sve)},   {"sve2", bit(Feature::sve2)},
    {"sme", bit(Feature::sme)},
};

void read_features(Span words, Core* core) {
  size_t at = 0;
  while (at < words.length) {
    size_t end = at;
    while (end < words.length && !is_blank(words.begin[end])) ++end;
    const Span word = {words.begin + at, end - at};
    for (const FeatureWord& known : kFeatureWords) {
      if (equals(word, known.word)) core->features |= known.features;
    }
    if (equals(word, "asimd") || equals(word, "neon") || equals(word, "half") || equals(word, "thumb")) {
      core->has_arm_features = true;
    }
    at = end + 1;
  }
}

// Walks a text core by core.
class CoreReader {
 public:
  explicit CoreReader(const char* text) : cursor_(text != nullptr ? text : "") {}

  // False at the end. What precedes the first "processor" line is a core without a number.
  bool next(Core* core) {
    *core = Core();
    bool any = false;
    if (pending_) begin(core, &any);
    Span key;
    Span value;
    while (next_entry(&cursor_, &key, &value)) {
      if (equals(key, "processor")) {
        number_ok_ = read_number(value, &number_);
        pending_ = true;
        if (any) return true;
        begin(core, &any);
      } else {
        any = true;
        read_entry(key, value, core);
      }
    }
    return any;
  }

 private:
  void begin(Core* core, bool* any) {
    core->numbered = number_ok_;
    core->number = number_;
    pending_ = false;
    *any = true;
  }

  static void read_entry(Span key, Span value, Core* core) {
    if (equals(key, "Features")) {
      read_features(value, core);
    } else if (equals(key, "CPU implementer")) {
      core->has_implementer = read_number(value, &core->kind.implementer);
    } else if (equals(key, "CPU part")) {
      core->has_part = read_number(value, &core->kind.part);
    } else if (equals(key, "CPU architecture")) {
      core->has_architecture = value.length != 0;
    } else if (equals(key, "vendor_id")) {
      core->has_vendor = value.length != 0;
    } else if (equals(key, "apicid")) {
      uint32_t id = 0;
      core->has_apic_id = read_number(value, &id);
    }
  }

  const char* cursor_;
  bool pending_ = false;  // a "processor" line was read that opens the next core
  bool number_ok_ = false;
  uint32_t number_ = 0;
};

}  // namespace

ArmCores read_arm_cores(const char* text, const CoreKind* only) {
  ArmCores cores = {};
  cores.all_have = ~uint64_t{0};
  CoreReader reader(text);
  Core core;
  while (reader.next(&core)) {
    if (!core.is_arm() || (only != nullptr && !(core.kind == *only))) continue;
    cores.described = true;
    cores.all_have &= core.features;
    cores.some_have |= core.features;
    bool is_new = true;
    for (uint32_t i = 0; i < cores.kinds && is_new; ++i) {
      is_new = !(cores.kind[i] == core.kind);
    }
    if (is_new && cores.kinds < kMostCoreKinds) cores.kind[cores.kinds++] = core.kind;
  }
  if (!cores.described) cores.all_have = 0;
  return cores;
}

CoreOrder read_core_order(const char* text, const CoreKind* only) {
  CoreOrder order = {};
  bool any_other = false;
  CoreReader reader(text);
  Core core;
  while (reader.next(&core)) {
    if (!core.is_arm() || (only != nullptr && !(core.kind == *only))) continue;
    if (!core_kind_is_in_order(core.kind)) {
      any_other = true;
      continue;
    }
    order.some = true;
    if (core.numbered && core.number < CoreOrder::kLimit) {
      order.processors[core.number / 32] |= 1u << core.number % 32;
    }
  }
  order.all = order.some && !any_other;
  return order;
}

bool find_core_kind(const char* text, uint32_t processor, CoreKind* kind) {
  CoreReader reader(text);
  Core core;
  while (reader.next(&core)) {
    if (!core.is_arm() || !core.numbered || core.number != processor) continue;
    *kind = core.kind;
    return true;
  }
  return false;
}

bool read_processor_list(const char* text, ProcessorSet* set) {
  *set = ProcessorSet();
  if (text == nullptr) return false;
  for (;;) {
    uint32_t bounds[2] = {0, 0};
    for (int i = 0; i < 2; ++i) {
      size_t digits = 0;
      while (text[digits] >= '0' && text[digits] <= '9') ++digits;
      if (!read_number({text, digits}, &bounds[i])) return false;
      text += digits;
      if (i == 0) {
        if (*text != '-') {
          bounds[1] = bounds[0];
          break;
        }
        ++text;
      }
    }
    if (bounds[1] < bounds[0] || bounds[1] >= ProcessorSet::kLimit) return false;
    for (uint32_t processor = bounds[0]; processor <= bounds[1]; ++processor) set->add(processor);
    if (*text != ',') break;
    ++text;
  }
  if (*text == '\n') ++text;
  return *text == '\0';
}

void read_described_processors(const char* text, Architecture architecture, ProcessorSet* set) {
  *set = ProcessorSet();
  CoreReader reader(text);
  Core core;
  while (reader.next(&core)) {
    if (!core.numbered || core.number >= ProcessorSet::kLimit) continue;
    const bool full = architecture == Architecture::x86_64 ? core.has_vendor && core.has_apic_id && !core.is_arm()
                                                           : core.is_arm() && core.has_architecture;
    if (full) set->add(core.number);
  }
}

}  // namespace ottava
