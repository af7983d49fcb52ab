// Files, usable cores and cache sizes, as each operating system tells them.
#include "cpu/proc_cpuinfo.h"
#include "hosted/probe_parts.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <unistd.h>
#endif
#if defined(__linux__)
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#endif
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace ottava {

#if defined(__linux__)

namespace {

// Above the text of any machine so far: some 2 KiB for each of 2048 processors.
constexpr size_t kTextBytes = size_t{4} << 20;

// Reads up to `capacity` bytes; -1 if the file cannot be read at all.
ssize_t read_file(const char* path, char* to, size_t capacity) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  size_t filled = 0;
  bool failed = false;
  while (filled < capacity) {
    const ssize_t count = read(file, to + filled, capacity - filled);
    if (count < 0 && errno == EINTR) continue;
    failed = count < 0;
    if (count <= 0) break;
    filled += static_cast<size_t>(count);
  }
  close(file);
  return failed && filled == 0 ? -1 : static_cast<ssize_t>(filled);
}

// A small file of /sys; false if it is missing, empty or too long for `to`.
template <size_t N>
bool read_line(const char* path, char (&to)[N]) {
  const ssize_t count = read_file(path, to, N);
  if (count <= 0 || static_cast<size_t>(count) == N) return false;
  to[count] = '\0';
  if (to[count - 1] == '\n') to[count - 1] = '\0';
  return true;
}

// "48K", "2M", or plain bytes; 0 for anything else.
uint64_t read_cache_size(const char* text) {
  uint64_t bytes = 0;
  for (; *text >= '0' && *text <= '9' && bytes < uint64_t{1} << 40; ++text) {
    bytes = bytes * 10 + static_cast<uint64_t>(*text - '0');
  }
  if (*text == 'K') return text[1] == '\0' ? bytes << 10 : 0;
  if (*text == 'M') return text[1] == '\0' ? bytes << 20 : 0;
  return *text == '\0' ? bytes : 0;
}

void take_smaller(uint64_t bytes, uint64_t* smallest) {
  if (bytes != 0 && (*smallest == 0 || bytes < *smallest)) *smallest = bytes;
}

// Caches of one processor; false where it has no such folder.
bool probe_caches_of(uint32_t processor, RawTopology* raw) {
  bool any = false;
  for (uint32_t index = 0; index < 8; ++index) {
    const auto read_property = [&](const char* property, char(&to)[32]) {
      char path[96];
      Text(path) << "/sys/devices/system/cpu/cpu" << processor << "/cache/index" << index << "/" << property;
      return read_line(path, to);
    };
    char level[32];
    char type[32];
    char size[32];
    if (!read_property("level", level) || !read_property("type", type) || !read_property("size", size)) break;
    any = true;
    if (same_text(type, "Instruction")) continue;
    if (same_text(level, "1")) take_smaller(read_cache_size(size), &raw->l1d_bytes);
    if (same_text(level, "2")) take_smaller(read_cache_size(size), &raw->l2_bytes);
    if (same_text(level, "3")) take_smaller(read_cache_size(size), &raw->l3_bytes);
  }
  return any;
}

void probe_caches(const char* cpuinfo_text, uint32_t only, RawTopology* raw) {
  ProcessorSet described;
  read_described_processors(cpuinfo_text, kThisArchitecture, &described);
  if (only < ProcessorSet::kLimit && (described.words[only / 32] >> only % 32 & 1) != 0 && probe_caches_of(only, raw))
    return;
  // One processor of each kind would do, but kinds are not known here. Beyond the first 64 they repeat.
  uint32_t looked_at = 0;
  for (uint32_t processor = 0; processor < ProcessorSet::kLimit && looked_at < 64; ++processor) {
    if ((described.words[processor / 32] >> processor % 32 & 1) == 0) continue;
    if (!probe_caches_of(processor, raw)) break;
    ++looked_at;
  }
}

uint32_t usable_cores() {
  // The kernel refuses a mask shorter than its own, so this one is longer than any: 16384 processors.
  unsigned long mask[2048 / sizeof(unsigned long)] = {};
  if (sched_getaffinity(0, sizeof(mask), reinterpret_cast<cpu_set_t*>(mask)) == 0) {
    uint32_t cores = 0;
    for (const unsigned long word : mask) cores += static_cast<uint32_t>(__builtin_popcountl(word));
    if (cores != 0) return cores;
  }
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<uint32_t>(online) : 0;
}

uint32_t current_processor() { return static_cast<uint32_t>(sched_getcpu()); }  // -1, none, becomes the largest number

}  // namespace

uint32_t (*const kCurrentProcessor)() = current_processor;

FileText::FileText(const char* path) : text_(nullptr) {
  // Fresh pages are zero and take up memory only once they are written: the text ends itself.
  void* const pages = mmap(nullptr, kTextBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return;
  if (read_file(path, static_cast<char*>(pages), kTextBytes - 1) < 0) {
    munmap(pages, kTextBytes);
    return;
  }
  text_ = static_cast<char*>(pages);
}

FileText::~FileText() {
  if (text_ != nullptr) munmap(text_, kTextBytes);
}

void probe_topology(const char* cpuinfo_text, uint32_t processor, TopologyProbe* topology) {
  topology->raw.cores = usable_cores();
  probe_caches(cpuinfo_text, processor, &topology->raw);
}

#else

uint32_t (*const kCurrentProcessor)() = nullptr;

FileText::FileText(const char*) : text_(nullptr) {}
FileText::~FileText() {}

#if defined(__APPLE__)

namespace {

// The smaller of the values of the performance and the efficiency cores, or the one of all cores.
uint64_t apple_cache(const char* all, const char* performance, const char* efficiency) {
  uint64_t smallest = 0;
  const char* const names[] = {performance, efficiency, all};
  for (const char* const name : names) {
    uint64_t bytes = 0;
    size_t size = sizeof(bytes);
    if (name == all && smallest != 0) break;
    if (sysctlbyname(name, &bytes, &size, nullptr, 0) != 0 || bytes == 0) continue;
    if (smallest == 0 || bytes < smallest) smallest = bytes;
  }
  return smallest;
}

}  // namespace

void probe_topology(const char*, uint32_t, TopologyProbe* topology) {
  RawTopology& raw = topology->raw;
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  raw.cores = online > 0 ? static_cast<uint32_t>(online) : 0;
  int kinds = 0;
  size_t size = sizeof(kinds);
  if (sysctlbyname("hw.nperflevels", &kinds, &size, nullptr, 0) == 0 && kinds > 0) {
    raw.core_kinds = static_cast<uint32_t>(kinds);
  }
  raw.l1d_bytes = apple_cache("hw.l1dcachesize", "hw.perflevel0.l1dcachesize", "hw.perflevel1.l1dcachesize");
  raw.l2_bytes = apple_cache("hw.l2cachesize", "hw.perflevel0.l2cachesize", "hw.perflevel1.l2cachesize");
  raw.l3_bytes = apple_cache("hw.l3cachesize", "hw.perflevel0.l3cachesize", "hw.perflevel1.l3cachesize");
  size = sizeof(topology->name) - 1;
  if (sysctlbyname("machdep.cpu.brand_string", topology->name, &size, nullptr, 0) == 0) raw.name = topology->name;
}

#elif defined(_WIN32)

void probe_topology(const char*, uint32_t, TopologyProbe* topology) {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system)) {
    for (; process != 0; process &= process - 1) ++topology->raw.cores;
  }
  // A process in several processor groups has no mask.
  if (topology->raw.cores == 0) topology->raw.cores = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
}

#else

void probe_topology(const char*, uint32_t, TopologyProbe* topology) {
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  topology->raw.cores = online > 0 ? static_cast<uint32_t>(online) : 0;
}

#endif
#endif  // __linux__

}  // namespace ottava
