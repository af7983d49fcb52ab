// Version, and the table of functions for hosts that load the library at run time.
#include "ottava/ottava.h"

extern "C" ottava_status ottava_version(uint32_t* major, uint32_t* minor, uint32_t* patch) {
  if (major == nullptr || minor == nullptr || patch == nullptr) return OTTAVA_NULL_POINTER;
  *major = OTTAVA_VERSION_MAJOR;
  *minor = OTTAVA_VERSION_MINOR;
  *patch = OTTAVA_VERSION_PATCH;
  return OTTAVA_OK;
}

namespace {

// The export list has the order of the table's members.
#define OTTAVA_EXPORT_TABLE_MEMBERS_ONLY
#define OTTAVA_EXPORT(symbol, member) symbol,
const ottava_api kVersion1 = {
    sizeof(ottava_api),
    1,
#include "exports.inc"
};
#undef OTTAVA_EXPORT

}  // namespace

extern "C" ottava_status ottava_get_api(uint32_t version, const ottava_api** api) {
  if (api == nullptr) return OTTAVA_NULL_POINTER;
  if (version != 1) return OTTAVA_OUT_OF_RANGE;
  *api = &kVersion1;
  return OTTAVA_OK;
}
