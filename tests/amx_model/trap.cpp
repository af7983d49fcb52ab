#include "amx_model/trap.h"

#if defined(__linux__)

#include <signal.h>
#include <ucontext.h>

#include <cstdint>
#include <cstring>

#include "amx_model/amx_model.h"

namespace ottava {
namespace amx_model {
namespace {

// An instruction of VEX map 2 with its operands, as far as AMX has such.
struct Instruction {
  unsigned opcode;
  unsigned prefix;     // 0: none, 1: 66, 2: F3, 3: F2
  bool in_memory;      // the operand that ModRM names
  int reg, rm, third;  // tiles
  std::uint8_t* base;  // of the operand in memory
  ptrdiff_t stride;
  const std::uint8_t* end;
};

// The general registers in the order of their numbers.
constexpr int kRegisters[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

// The Intel 64 manual's chapter on instruction formats, in short.
bool decode(const greg_t* registers, Instruction* out) {
  const std::uint8_t* at = reinterpret_cast<const std::uint8_t*>(registers[REG_RIP]);
  if (at[0] != 0xC4 || (at[1] & 0x1F) != 2) return false;
  const unsigned high_index = at[1] & 0x40 ? 0 : 8, high_base = at[1] & 0x20 ? 0 : 8;
  out->prefix = at[2] & 3u;
  out->third = ~at[2] >> 3 & 7;
  out->opcode = at[3];
  const unsigned modrm = at[4];
  at += 5;
  const unsigned mod = modrm >> 6;
  out->in_memory = mod != 3;
  out->reg = modrm >> 3 & 7;
  out->rm = modrm & 7;
  greg_t address = 0;
  out->stride = 0;
  bool wide = mod == 2;
  bool relative = false;
  if (out->in_memory && out->rm == 4) {
    const unsigned sib = *at++;
    const unsigned index = (sib >> 3 & 7) | high_index, base = (sib & 7) | high_base;
    if (index != 4) out->stride = static_cast<ptrdiff_t>(registers[kRegisters[index]]) * (1 << (sib >> 6));
    if ((sib & 7) == 5 && mod == 0) {
      wide = true;
    } else {
      address = registers[kRegisters[base]];
    }
  } else if (out->in_memory && out->rm == 5 && mod == 0) {
    wide = relative = true;
  } else if (out->in_memory) {
    address = registers[kRegisters[static_cast<unsigned>(out->rm) | high_base]];
  }
  std::int32_t displacement = 0;
  if (wide) {
    std::memcpy(&displacement, at, sizeof displacement);
    at += sizeof displacement;
  } else if (mod == 1) {
    displacement = static_cast<std::int8_t>(*at++);
  }
  if (relative) address = reinterpret_cast<greg_t>(at);
  out->base = reinterpret_cast<std::uint8_t*>(address + displacement);
  out->end = at;
  return true;
}

bool execute(const Instruction& in) {
  const unsigned what = in.opcode << 8 | in.prefix << 4 | (in.in_memory ? 1u : 0u);
  switch (what) {
    case 0x4901: return load_config(in.base), true;
    case 0x4911: return store_config(in.base), true;
    case 0x4900: return release(), true;
    case 0x4930: return zero(in.reg), true;
    case 0x4B11:
    case 0x4B31: return load(in.reg, in.base, in.stride), true;
    case 0x4B21: return store(in.reg, in.base, in.stride), true;
    case 0x5E10: return dot(false, in.reg, in.rm, in.third), true;
    case 0x5E30: return dot(true, in.reg, in.rm, in.third), true;
    default: return false;
  }
}

void on_illegal(int, siginfo_t*, void* context) {
  greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  Instruction instruction;
  if (decode(registers, &instruction) && execute(instruction)) {
    registers[REG_RIP] = reinterpret_cast<greg_t>(instruction.end);
  } else {
    signal(SIGILL, SIG_DFL);  // it comes again
  }
}

}  // namespace

void trap_instructions() {
  struct sigaction action = {};
  action.sa_sigaction = on_illegal;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGILL, &action, nullptr);
}

}  // namespace amx_model
}  // namespace ottava

#else

namespace ottava {
namespace amx_model {

void trap_instructions() {}

}  // namespace amx_model
}  // namespace ottava

#endif  // __linux__
