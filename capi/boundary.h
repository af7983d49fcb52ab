// What every function of the C ABI does at its edge: read and write sized structures, and turn an internal
// Status and Error into the caller's. Nothing below capi/ knows these structures.
#ifndef OTTAVA_CAPI_BOUNDARY_H_
#define OTTAVA_CAPI_BOUNDARY_H_

#include "base/memory.h"
#include "base/status.h"
#include "ottava/ottava.h"

namespace ottava {

// No structure comes near this size: a larger struct_size is garbage, and reading that far could fault.
constexpr uint32_t kMostStructBytes = 4096;

// Of the structures that have grown.
constexpr size_t kFirstMatmulInfoBytes = 304;
constexpr size_t kFirstMatmulRunBytes = 120;

// True if `size` can be the struct_size of a T. `first_bytes` is the size of T in the version that brought
// it: structures only grow, and never end inside a field.
template <class T>
bool plausible_size(uint32_t size, size_t first_bytes) {
  return size >= first_bytes && size <= kMostStructBytes && size % alignof(T) == 0;
}

// Copies the caller's structure over the defaults in *to. A tail that this version does not know must be
// zero: it would hold wishes that would be silently dropped.
template <class T>
Status read_struct(const T& from, size_t first_bytes, const char* argument, T* to, Error* error) {
  const uint32_t size = from.struct_size;
  if (!plausible_size<T>(size, first_bytes)) {
    error->set(Status::bad_struct, argument)
        << "struct_size is " << size << ", expected " << static_cast<uint64_t>(sizeof(T))
        << ": initialize it with its OTTAVA_..._INIT macro or ottava_..._init function";
    return Status::bad_struct;
  }
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(&from);
  for (size_t i = sizeof(T); i < size; ++i) {
    if (bytes[i] == 0) continue;
    error->set(Status::bad_struct, argument)
        << "byte " << static_cast<uint64_t>(i) << " is set; this version of the library knows "
        << static_cast<uint64_t>(sizeof(T));
    return Status::bad_struct;
  }
  copy_bytes(to, &from, size < sizeof(T) ? size : sizeof(T));
  to->struct_size = sizeof(T);
  return Status::ok;
}

// Checks an output structure before anything is computed for it.
template <class T>
Status check_struct(const T* to, size_t first_bytes, const char* argument, Error* error) {
  if (to == nullptr) {
    error->set(Status::null_pointer, argument) << "is NULL";
    return Status::null_pointer;
  }
  if (!plausible_size<T>(to->struct_size, first_bytes)) {
    error->set(Status::bad_struct, argument)
        << "struct_size is " << to->struct_size << ", expected " << static_cast<uint64_t>(sizeof(T));
    return Status::bad_struct;
  }
  return Status::ok;
}

// Writes what both sides know and zeroes the rest, so that fields of a later version read as 0.
template <class T>
void write_struct(const T& from, T* to) {
  const uint32_t size = to->struct_size;
  copy_bytes(to, &from, size < sizeof(T) ? size : sizeof(T));
  if (size > sizeof(T)) zero_bytes(reinterpret_cast<uint8_t*>(to) + sizeof(T), size - sizeof(T));
  to->struct_size = size;
}

inline Status require(const void* pointer, const char* argument, Error* error) {
  if (pointer != nullptr) return Status::ok;
  error->set(Status::null_pointer, argument) << "is NULL";
  return Status::null_pointer;
}

inline Status require_zero(uint64_t reserved, const char* argument, Error* error) {
  if (reserved == 0) return Status::ok;
  error->set(Status::bad_option, argument) << "is " << reserved << ", not 0";
  return Status::bad_option;
}

// Success in the caller's ottava_error, which has been found plausible; in the fields known here. A whole one to write
// would take as long as a small tile.
inline void write_ok_first(ottava_error* caller) {
  caller->status = OTTAVA_OK;
  caller->argument[0] = caller->message[0] = '\0';
}
inline void write_ok(ottava_error* caller) {
  write_ok_first(caller);
  if (caller->struct_size > sizeof *caller) {
    zero_bytes(reinterpret_cast<uint8_t*>(caller) + sizeof *caller, caller->struct_size - sizeof *caller);
  }
}

// Out of line in firmware: its words are on the stack only while something may be said.
#if OTTAVA_HOSTED
#define OTTAVA_BOUNDARY
#else
#define OTTAVA_BOUNDARY OTTAVA_NOINLINE
#endif

// Runs `body(Error*) -> Status` and fills the caller's ottava_error from what it says.
template <class Body>
OTTAVA_BOUNDARY ottava_status at_boundary(ottava_error* caller, Body body) {
  constexpr uint32_t kFirstBytes = 256;
  if (caller != nullptr) {
    if (caller->struct_size == 0) caller->struct_size = kFirstBytes;  // zeroed
    if (!plausible_size<ottava_error>(caller->struct_size, kFirstBytes)) return OTTAVA_BAD_STRUCT;
  }
  Error error;
  const Status status = body(&error);
  if (caller == nullptr) return static_cast<ottava_status>(status);
  write_ok(caller);
  if (status == Status::ok) return OTTAVA_OK;
  caller->status = static_cast<ottava_status>(status);
  Text(caller->argument) << error.argument;
  Text(caller->message) << error.message;
  return static_cast<ottava_status>(status);
}

}  // namespace ottava

#endif  // OTTAVA_CAPI_BOUNDARY_H_
