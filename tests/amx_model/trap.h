// The AMX instructions of a CPU that has none: each raises SIGILL, whose handler reads it, lets the model
// (amx_model.h) do what it says, and goes on behind it. So the very code that the compiler made of a kernel runs on
// other machines, with the operands, addresses and order of memory accesses that it gave it.
#ifndef OTTAVA_TESTS_AMX_MODEL_TRAP_H_
#define OTTAVA_TESTS_AMX_MODEL_TRAP_H_

namespace ottava {
namespace amx_model {

// From now on, for all threads, until someone else takes the signal, which Catch2 does with every test case. Any other
// illegal instruction is as fatal as ever. On Linux; elsewhere it does nothing.
void trap_instructions();

}  // namespace amx_model
}  // namespace ottava

#endif  // OTTAVA_TESTS_AMX_MODEL_TRAP_H_
