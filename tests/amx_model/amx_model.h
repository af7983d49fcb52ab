// A model of the AMX instructions, so that kernels written with their intrinsics run on any x86 CPU: each intrinsic
// does what the Intel 64 and IA-32 manual says of its instruction, on tiles in memory that every thread has for itself.
// What the CPU would answer with #UD or #GP, the model notes, and leaves the tiles as they are.
//
// Included in front of a kernel's file (-include), it takes the place of the compiler's own intrinsics.
#ifndef OTTAVA_TESTS_AMX_MODEL_AMX_MODEL_H_
#define OTTAVA_TESTS_AMX_MODEL_AMX_MODEL_H_

#include <immintrin.h>
#include <stddef.h>

#define OTTAVA_AMX_MODEL 1

namespace ottava {
namespace amx_model {

void load_config(const void* memory);                     // LDTILECFG
void store_config(void* memory);                          // STTILECFG
void release();                                           // TILERELEASE
void zero(int tile);                                      // TILEZERO
void load(int tile, const void* base, ptrdiff_t stride);  // TILELOADD, TILELOADDT1
void store(int tile, void* base, ptrdiff_t stride);       // TILESTORED
void dot(bool lhs_is_signed, int sum, int lhs, int rhs);  // TDPBSSD, TDPBUSD

// The first fault of any thread since the last call, which forgets it; empty if there was none. From other threads than
// those that ran the kernels, only after these have ended.
const char* take_fault();

// How many threads hold a configuration: the state of all others is INIT.
int configured_threads();

}  // namespace amx_model
}  // namespace ottava

#undef _tile_loadconfig
#undef _tile_storeconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stream_loadd
#undef _tile_stored
#undef _tile_dpbssd
#undef _tile_dpbusd
#define _tile_loadconfig(memory) ::ottava::amx_model::load_config(memory)
#define _tile_storeconfig(memory) ::ottava::amx_model::store_config(memory)
#define _tile_release() ::ottava::amx_model::release()
#define _tile_zero(tile) ::ottava::amx_model::zero(tile)
#define _tile_loadd(tile, base, stride) ::ottava::amx_model::load(tile, base, stride)
#define _tile_stream_loadd(tile, base, stride) ::ottava::amx_model::load(tile, base, stride)
#define _tile_stored(tile, base, stride) ::ottava::amx_model::store(tile, base, stride)
#define _tile_dpbssd(sum, lhs, rhs) ::ottava::amx_model::dot(true, sum, lhs, rhs)
#define _tile_dpbusd(sum, lhs, rhs) ::ottava::amx_model::dot(false, sum, lhs, rhs)

#endif  // OTTAVA_TESTS_AMX_MODEL_AMX_MODEL_H_
