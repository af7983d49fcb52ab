"""A model of the two in-order cores with two issue slots, Cortex-A53 and Cortex-A55: cycles of a loop, or of a whole
call from its trace. Caches and branch prediction are perfect. These are modelled cycles, not time.

The rules
---------
Both cores issue up to two instructions per cycle in the order of the program. An instruction issues when its operands
are ready (a result is ready `latency` cycles after issue) and its unit is free; the second slot is filled if the pair
is allowed. Both have one load/store unit, and two SIMD pipes of 64 bits that a 128-bit operation occupies together.

1. A 128-bit load or store (ldr q, ld1 of 16 bytes; ldp q twice that) takes the load/store unit for two cycles, in which
   nothing else issues. [ORT], [A55, 4.4], [RPI3]
2. A 64-bit load takes it for one cycle. On the A53 a vector load does not pair with 128-bit arithmetic, a scalar load
   does; on the A55 both do. [NCNN], [A55, 3.1]
3. 128-bit arithmetic issues once per cycle. On the A53 it pairs with scalar instructions alone, on the A55 also with
   64-bit SIMD ones (ins among them) but only as the older of the two. [RPI3], [SLOTHY]
4. ins and 64-bit SIMD arithmetic occupy one pipe: two of them, or one and a load, pair.
5. A multiply-accumulate takes 4 cycles; to the accumulator of the next one, 1. A multiplication takes 4. [A55, 3.2]
6. sadalp of 128 bits occupies the pipes for two cycles on the A53, for one on the A55. [RPI3]
7. Two memory instructions never pair, as both want the one unit; nothing issues beside a branch that is older.

Sources
-------
[A55]    Arm Cortex-A55 Software Optimization Guide, ARM-EPM-128372: latencies, dual issue (Arm has none for the A53)
[RPI3]   measurements on the Cortex-A53 of a Raspberry Pi 3: github.com/ocxtal/insn_bench_aarch64
[SLOTHY] the Cortex-A55 model of github.com/slothy-optimizer/slothy and its pull request 281
[ORT]    github.com/microsoft/onnxruntime, pull request 10754: 128-bit loads of the A55, ldr d + ldr x + ins instead
[NCNN]   the notes of the ncnn wiki on assembly for the Cortex-A53; comments of Arm's engineers in gemmlowp's
         standalone/neon-gemm-kernel-benchmark.cc

What it is worth
----------------
A53: 3.31 MAC per cycle for a loop with the instructions of gemmlowp's 12x8 kernel, where a Nexus 5X measures 3.28. A55:
it orders loops as their authors measured them; no figure of it was checked. Latencies of what surrounds the loops are
those of the A55's guide for both cores. The figures of other libraries in peers.csv were made with 2 cycles for
floating point and narrowing, which the guide gives 4; `simple` asks for the same, to compare with them.
"""
import re
from collections import namedtuple

# Units.
SCALAR, BRANCH, MEMORY, VECTOR_MEMORY, WIDE_MEMORY, HALF, FULL = range(7)

# What the scoreboard knows of an instruction. `accumulator` is a register whose value is wanted late (rule 5).
Step = namedtuple('Step', 'unit occupancy latency forward writes reads accumulator')

_MEMORY_UNITS = (MEMORY, VECTOR_MEMORY, WIDE_MEMORY)
_READS_FLAGS = re.compile(r'^(csel|csinc|csinv|csneg|cset|csetm|cinc|cinv|cneg|ccmp|ccmn|adc|sbc|fcsel)')
_ACCUMULATES = re.compile(r'^([su]ml[as]l2?|ml[as]|(us|su|s|u)dot|(us|s|u)mmla|[su]adalp)$')
_MULTIPLIES = re.compile(r'^(mul|[su]mull2?|pmul|sqr?dmulh)$')
_FOUR_CYCLES = re.compile(r'^(f(add|sub|mul|mla|mls|max|min|cvt|rint|nm|abd|div|sqrt)\w*|[su]cvtf|[su]q?r?shl|'
                          r'sqr?shru?n2?|[su]qxtn2?|sqxtun2?|[su]addlv|addv)$')
_THREE_CYCLES = re.compile(r'^([su](add|sub)[lw]p?2?|addp|umov|smov)$')


def pairs(core, older, younger):
    """Whether two instructions of these units may issue in one cycle."""
    if older == BRANCH or WIDE_MEMORY in (older, younger):
        return False
    if core == 'a53':
        if FULL in (older, younger):
            other = younger if older == FULL else older
            return other in (SCALAR, BRANCH, MEMORY)
        return True
    return younger != FULL


def step_of(core, instruction, simple=False):
    """The Step of an AArch64 instruction."""
    mnemonic, operands = instruction.mnemonic, instruction.operands
    registers = instruction.registers()
    if instruction.kind in ('load', 'store'):
        return _memory_step(core, instruction, registers)
    if instruction.kind == 'branch':
        return Step(BRANCH, 1, 1, 1, ('x30',) if mnemonic in ('bl', 'blr') else (), tuple(registers), None)
    if instruction.kind == 'scalar':
        return _scalar_step(mnemonic, registers)
    destination = instruction.destination
    full = any(shape in operands for shape in ('.16b', '.8h', '.4s', '.2d')) or mnemonic.endswith('2')
    inserted = re.match(r'v\d+\.\w\[', destination) is not None
    if inserted or (mnemonic == 'fmov' and not full):
        full = False
    unit = FULL if full else HALF
    if _READS_FLAGS.match(mnemonic):
        registers = registers + ['flags']
    writes, reads = tuple(registers[:1]), tuple(registers[1:])
    if mnemonic.startswith('fcmp'):
        return Step(HALF, 1, 2, 2, ('flags',), tuple(registers), None)
    if _ACCUMULATES.match(mnemonic):
        occupancy = 2 if core == 'a53' and full and mnemonic.endswith('adalp') else 1
        return Step(unit, occupancy, 4, 1, writes, reads, registers[0])
    if inserted or mnemonic in ('bsl', 'bit', 'bif', 'sli', 'sri', 'tbx', 'fmla', 'fmls', 'ssra', 'usra', 'srsra') or (
            mnemonic.endswith('n2')):
        reads += writes  # the rest of the register stays
    if _MULTIPLIES.match(mnemonic) or (_FOUR_CYCLES.match(mnemonic) and not simple):
        latency = 4
    else:
        latency = 3 if _THREE_CYCLES.match(mnemonic) else 2
    return Step(unit, 1, latency, latency, writes, reads, None)


def _memory_step(core, instruction, registers):
    mnemonic, operands = instruction.mnemonic, instruction.operands
    if mnemonic.startswith('prfm'):
        return Step(MEMORY, 1, 1, 1, (), tuple(registers), None)
    first = operands[:1]
    inside = operands[operands.index('['):] if '[' in operands else ''
    if first == '{':  # the lane of {v0.d}[1] is no address
        inside = operands[operands.index('}'):]
        inside = inside[inside.index(', ['):]
    address = re.findall(r'\b(?:[xw](\d+)|(sp))\b', inside)
    address = ['sp' if stack else 'x' + number for number, stack in address]
    data = registers[:len(registers) - len(address)]
    pair = mnemonic.startswith(('ldp', 'stp', 'ldnp', 'stnp'))
    extra = 0
    if first == '{':
        vectors = len(data)
        lane = '}[' in operands
        narrow = any(shape in operands for shape in ('.8b', '.4h', '.2s', '.1d'))
        if lane or mnemonic == 'ld1r':
            unit, occupancy = VECTOR_MEMORY, vectors
        elif narrow:
            unit, occupancy = (VECTOR_MEMORY if vectors == 1 else WIDE_MEMORY), vectors
        else:
            unit, occupancy = WIDE_MEMORY, 2 * vectors
        extra = 2 * (vectors - 1)
    elif first == 'q':
        unit, occupancy = WIDE_MEMORY, 4 if pair else 2
        extra = 1 if pair else 0
    elif first in 'dshb':
        unit, occupancy = (WIDE_MEMORY, 2) if pair else (VECTOR_MEMORY, 1)
    else:
        unit, occupancy = MEMORY, 2 if pair and first == 'x' else 1
        extra = 1 if pair else 0
    if instruction.kind == 'store':
        return Step(unit, occupancy, 1, 1, (), tuple(data + address), None)
    if unit == MEMORY:
        latency = 3
    else:
        latency = {'a53': 4, 'a55': 3}[core] + (1 if unit == WIDE_MEMORY or first == '{' else 0)
    kept = data if '}[' in operands else []
    # A base that moves along is ready in the next cycle, before which no other memory instruction issues.
    return Step(unit, occupancy, latency + extra, latency + extra, tuple(data), tuple(kept + address), None)


def _scalar_step(mnemonic, registers):
    if mnemonic in ('nop', 'hint', 'bti', 'dmb', 'isb'):
        return Step(SCALAR, 1, 1, 1, (), (), None)
    if mnemonic in ('cmp', 'cmn', 'tst', 'ccmp', 'ccmn'):
        return Step(SCALAR, 1, 1, 1, ('flags',), tuple(registers), None)
    writes, reads = registers[:1], registers[1:]
    if mnemonic in ('adds', 'subs', 'ands', 'bics', 'negs'):
        writes = writes + ['flags']
    if _READS_FLAGS.match(mnemonic):
        reads = reads + ['flags']
    if mnemonic in ('movk', 'bfi', 'bfxil'):
        reads = reads + writes
    latency = 1
    if re.match(r'(m(ul|add|sub|neg)|[su]m(ull|addl|subl))$', mnemonic):
        latency = 3
    elif mnemonic in ('smulh', 'umulh'):
        latency = 5
    elif mnemonic in ('udiv', 'sdiv'):
        latency = 12
    return Step(SCALAR, 1, latency, latency, tuple(writes), tuple(reads), None)


class Scoreboard:
    """One core, instruction after instruction. Its state is relative to the cycle, so that equal states are equal."""

    def __init__(self, core):
        self.core = core
        self.cycle = 0       # in which the last instruction was issued
        self.slots = ()      # units of what was issued in it
        self.ready = {}      # register -> cycle
        self.accumulated = {}
        self.blocked = 0     # nothing issues before
        self.memory = 0      # when the load/store unit is free
        self.simd = 0        # when the SIMD pipes are

    def issue(self, step):
        unit = step.unit
        at = max(self.cycle, self.blocked)
        for register in step.reads:
            at = max(at, self.ready.get(register, 0))
        if step.accumulator is not None:
            at = max(at, self.accumulated.get(step.accumulator, 0))
        if unit in (HALF, FULL):
            at = max(at, self.simd)
        elif unit in _MEMORY_UNITS:
            at = max(at, self.memory)
        if at > self.cycle:
            self.slots = ()
        elif len(self.slots) == 2 or (self.slots and not pairs(self.core, self.slots[0], unit)):
            at += 1
            self.slots = ()
        self.cycle = at
        self.slots += (unit,)
        for register in step.writes:
            self.ready[register] = at + step.latency
            self.accumulated[register] = at + step.forward
        if unit == WIDE_MEMORY:
            self.blocked = self.memory = at + step.occupancy
        elif unit in _MEMORY_UNITS:
            self.memory = at + step.occupancy
        elif step.occupancy > 1:
            self.simd = at + step.occupancy

    def state(self):
        """What the future depends on, cycles counted from the present one."""
        def pending(times):
            return tuple(sorted((name, time - self.cycle) for name, time in times.items() if time > self.cycle))
        return (self.slots, max(self.blocked - self.cycle, 0), max(self.memory - self.cycle, 0),
                max(self.simd - self.cycle, 0), pending(self.ready), pending(self.accumulated))

    @classmethod
    def resume(cls, core, state):
        board = cls(core)
        board.slots, board.blocked, board.memory, board.simd = state[:4]
        board.ready, board.accumulated = dict(state[4]), dict(state[5])
        return board


def cycles_of_trace(core, blocks, trace, simple=False):
    """Cycles of a sequence of blocks (numbers in `trace`, instructions in `blocks`).

    A block takes the same cycles whenever it starts in the same state, so each pair of the two is issued once.
    """
    steps = {}
    states = [Scoreboard(core).state()]
    numbers = {states[0]: 0}
    after = {}  # (state, block) -> (state, cycles)
    state = total = 0
    for block in trace:
        known = after.get((state, block))
        if known is None:
            if block not in steps:
                steps[block] = [step_of(core, instruction, simple) for instruction in blocks[block]]
            board = Scoreboard.resume(core, states[state])
            for step in steps[block]:
                board.issue(step)
            reached = board.state()
            if reached not in numbers:
                numbers[reached] = len(states)
                states.append(reached)
            known = after[state, block] = (numbers[reached], board.cycle)
        state = known[0]
        total += known[1]
    return total + 1  # the first instruction was issued in cycle 0


def cycles_of_loop(core, body):
    """Cycles per iteration of a loop once it repeats itself."""
    steps = [step_of(core, instruction) for instruction in body]
    board = Scoreboard(core)
    seen = {}
    total = iteration = 0
    while board.state() not in seen:
        seen[board.state()] = (iteration, total)
        board = Scoreboard.resume(core, board.state())
        for step in steps:
            board.issue(step)
        total += board.cycle
        iteration += 1
    before, cycles = seen[board.state()]
    return (total - cycles) / (iteration - before)
