// Kinds of cores and cache sizes from the cpuinfo library, if the build has it and a look at what it is
// going to read says that it will not crash.
#include "hosted/probe_parts.h"

#if OTTAVA_WITH_CPUINFO
#include <cpuinfo.h>
#if defined(__linux__)
#include <dlfcn.h>
#endif
#endif

namespace ottava {

#if OTTAVA_WITH_CPUINFO

namespace {

bool library_is_safe(const char* cpuinfo_text) {
#if defined(__linux__)
  const FileText possible("/sys/devices/system/cpu/possible");
  const FileText present("/sys/devices/system/cpu/present");
  return cpuinfo_library_is_safe(kThisArchitecture, cpuinfo_text, possible.text(), present.text());
#else
  (void)cpuinfo_text;
  return true;
#endif
}

// The cpuinfo library never gives back what it allocates. A host that unloads ottava may unload it too, and its tables
// would be lost; loaded once more, it would allocate them once more. So it stays, unless it is part of this library.
void keep_library() {
#if defined(__linux__)
  Dl_info library, self;
  if (dladdr(reinterpret_cast<void*>(cpuinfo_initialize), &library) == 0 ||
      dladdr(reinterpret_cast<void*>(keep_library), &self) == 0 || library.dli_fbase == self.dli_fbase)
    return;
  void* const handle = dlopen(library.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (handle != nullptr) dlclose(handle);  // only the count
#endif
}

// 0 if there are none, or one of them has no size.
uint64_t smallest(const cpuinfo_cache* caches, uint32_t count) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; caches != nullptr && i < count; ++i) {
    if (caches[i].size == 0) return 0;
    if (bytes == 0 || caches[i].size < bytes) bytes = caches[i].size;
  }
  return bytes;
}

}  // namespace

void probe_library(const char* cpuinfo_text, TopologyProbe* topology) {
  // Its other functions end the process unless this one has succeeded.
  if (!library_is_safe(cpuinfo_text)) return;
  keep_library();
  if (!cpuinfo_initialize()) return;
  RawTopology& raw = topology->raw;
  const uint64_t l1d = smallest(cpuinfo_get_l1d_caches(), cpuinfo_get_l1d_caches_count());
  const uint64_t l2 = smallest(cpuinfo_get_l2_caches(), cpuinfo_get_l2_caches_count());
  if (l1d != 0 && l2 != 0) {
    raw.l1d_bytes = l1d;
    raw.l2_bytes = l2;
    raw.l3_bytes = smallest(cpuinfo_get_l3_caches(), cpuinfo_get_l3_caches_count());
  }
  const uint32_t kinds = cpuinfo_get_uarchs_count();
  if (kinds != 0) raw.core_kinds = kinds;
}

#else

void probe_library(const char*, TopologyProbe*) {}

#endif  // OTTAVA_WITH_CPUINFO

}  // namespace ottava
