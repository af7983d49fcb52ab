"""Tests of the instruments in benchmarks/model: the counter against assembly whose instructions are known, the
scoreboard against published throughputs, the guard against tables with faults.

  test_model.py BUILD   BUILD as in benchmarks/model/model.py
"""
import os
import random
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the sources stay as they are
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'benchmarks', 'model'))

# pylint: disable=wrong-import-position
import cores
import counts
import inorder
import loops
import report
import runs
from instructions import Instruction

BUILD = None  # set by main


def code(text):
    """Instructions from assembly, one per line or separated by ';'."""
    lines = [line.strip() for line in text.replace(';', '\n').splitlines() if line.strip()]
    return [Instruction(*(line.split(None, 1) + [''])[:2]) for line in lines]


def cycles(core, text):
    return inorder.cycles_of_loop(core, code(text))


class Counter(unittest.TestCase):
    """QEMU, the plugin and the classes, against the snippets of this folder."""

    def run_snippet(self, traced=False):
        core = cores.CORES['A15' if BUILD.arm32 else 'A510']
        return runs.execute(BUILD, core, os.path.join(BUILD.folder, 'model_snippet'), [], traced)

    def test_counts_each_class(self):
        if BUILD.arm32:
            expected = {'load': 20, 'store': 10, 'sdot': 0, 'smmla': 0, 'mul8': 20, 'mul16': 10, 'simd': 10,
                        'scalar': 2 + 20, 'branch': 30}
            macs = 10 * (8 + 8 + 4)
        else:
            expected = {'load': 40, 'store': 10, 'sdot': 20, 'smmla': 10, 'mul8': 20, 'mul16': 10, 'simd': 30,
                        'scalar': 2 + 30, 'branch': 30}
            macs = 10 * (16 + 16 + 32 + 8 + 8 + 4)
        execution = self.run_snippet()
        self.assertEqual(execution.by_class(), expected)
        self.assertEqual(execution.instructions(), sum(expected.values()))
        self.assertEqual(execution.multiplied(), macs)
        functions = execution.by_function()
        self.assertEqual(functions['called'], 20)
        self.assertEqual(sum(functions.values()), sum(expected.values()))

    def test_trace_holds_what_was_counted(self):
        execution = self.run_snippet(traced=True)
        times = {}
        for number in execution.trace:
            times[number] = times.get(number, 0) + 1
        self.assertEqual(times, execution.executed)
        order = [instruction for number in execution.trace for instruction in execution.blocks[number]]
        self.assertEqual(order[0].mnemonic[:3], 'nop')
        self.assertEqual(order[-1].mnemonic[:3], 'nop')

    def test_finds_the_loop(self):
        program = os.path.join(BUILD.folder, 'model_snippet')
        bodies = [body for body in BUILD.listing(program).multiply_loops if body[0].function == 'main']
        self.assertEqual(len(bodies), 1)
        self.assertEqual(sum(instruction.macs for instruction in bodies[0]), 20 if BUILD.arm32 else 84)
        self.assertEqual(bodies[0][-1].mnemonic[:1], 'b')

    def test_finds_the_innermost_loop(self):
        program = os.path.join(BUILD.folder, 'model_snippet')
        bodies = [body for body in BUILD.listing(program).multiply_loops if body[0].function == 'nested']
        self.assertEqual([[instruction.macs for instruction in body] for body in bodies], [[4, 0, 0]])

    def test_calls_repeat_exactly(self):
        tier, core = cores.RUNS[BUILD.architecture][-1]
        shape = runs.Matmul('edges', 4, 64, 1000)
        counts_of = [runs.call(BUILD, tier, core, shape).execution.by_function()]
        with tempfile.TemporaryDirectory() as folder:
            # Another path moves the stack: by 16 bytes up to some cache lines.
            for length in (1, 17, 33, 49, 80, 140):
                program = os.path.join(folder, 'p' * length)
                os.symlink(os.path.abspath(BUILD.program), program)
                execution = runs.execute(BUILD, cores.CORES[core], program, [*shape.arguments, tier])
                counts_of.append(execution.by_function())
        for other in counts_of[1:]:
            self.assertEqual(other, counts_of[0])

    def test_a_program_that_fails_is_reported(self):
        with self.assertRaises(runs.Trouble):
            runs.execute(BUILD, cores.CORES[cores.RUNS[BUILD.architecture][0][1]], BUILD.program, ['matmul', '0', '1', '1'])


class Scoreboard(unittest.TestCase):
    """The rules of inorder.py, one by one, and what is known of whole loops."""

    INDEPENDENT = 'smlal v0.4s, v30.4h, v31.4h; smlal v1.4s, v30.4h, v31.4h; smlal v2.4s, v30.4h, v31.4h; ' \
                  'smlal v3.4s, v30.4h, v31.4h'

    def test_one_wide_operation_per_cycle(self):
        for core in ('a53', 'a55'):
            self.assertEqual(cycles(core, self.INDEPENDENT), 4)

    def test_scalar_instructions_fill_the_second_slot(self):
        paired = self.INDEPENDENT.replace(';', '; add x1, x2, #1;') + '; add x1, x2, #1'
        for core in ('a53', 'a55'):
            self.assertEqual(cycles(core, paired), 4)
        self.assertEqual(cycles('a53', 'add x1, x2, #1; add x3, x4, #1; add x5, x6, #1; add x7, x8, #1'), 2)
        self.assertEqual(cycles('a53', 'add x1, x1, #1; add x1, x1, #1'), 2)
        self.assertEqual(cycles('a53', 'b.ne 0; add x1, x2, #1; add x3, x4, #1'), 2)  # nothing behind a branch

    def test_wide_loads_stop_everything_for_two_cycles(self):
        for core in ('a53', 'a55'):
            self.assertEqual(cycles(core, 'ldr q9, [x0]; ' + self.INDEPENDENT), 6)
            self.assertEqual(cycles(core, 'ldp q9, q10, [x0]; ' + self.INDEPENDENT), 8)
            self.assertEqual(cycles(core, 'ld1 {v9.16b, v10.16b}, [x0], #32; ' + self.INDEPENDENT), 8)
            self.assertEqual(cycles(core, 'ld1 {v9.16b-v12.16b}, [x0]; ' + self.INDEPENDENT), 12)

    def test_narrow_vector_loads_pair_on_the_a55_alone(self):
        mixed = self.INDEPENDENT.replace(';', '; ldr d9, [x0];') + '; ldr d9, [x0]'
        self.assertEqual(cycles('a53', mixed), 8)
        self.assertEqual(cycles('a55', mixed), 4)

    def test_scalar_loads_pair_on_both(self):
        mixed = self.INDEPENDENT.replace(';', '; ldr x9, [x0];') + '; ldr x9, [x0]'
        for core in ('a53', 'a55'):
            self.assertEqual(cycles(core, mixed), 4)

    def test_inserts_pair_behind_wide_operations_on_the_a55_alone(self):
        parts = self.INDEPENDENT.split('; ')
        mixed = '; '.join(f'{part}; mov v{9 + i}.d[1], x9' for i, part in enumerate(parts))
        self.assertEqual(cycles('a53', mixed), 8)
        self.assertEqual(cycles('a55', mixed), 4)

    def test_a_128_bit_load_in_two_halves(self):
        # 16 dot products and the loads of four registers. As ldr q 8 cycles more; in halves none on the A55, and on the
        # A53, which pairs a narrow load with an insert, half as many.
        dot = [f'sdot v{i}.4s, v24.16b, v25.4b[0]' for i in range(16)]
        low = [f'ldr d{16 + i}, [x0]' for i in range(4)]
        high = [f'ldr x{1 + i}, [x0, #8]' for i in range(4)]
        join = [f'mov v{16 + (i + 3) % 4}.d[1], x{1 + (i + 3) % 4}' for i in range(4)]  # what was loaded a round before
        groups = [dot[4 * i:4 * i + 4] for i in range(4)]
        wide = [[*group, f'ldr q{16 + i}, [x0]'] for i, group in enumerate(groups)]
        for_a53 = [[g[0], g[1], high[i], g[2], g[3], low[i], join[i]] for i, g in enumerate(groups)]
        for_a55 = [[g[0], low[i], g[1], high[i], g[2], join[i], g[3]] for i, g in enumerate(groups)]
        for core, body, expected in (('a53', wide, 24), ('a55', wide, 24), ('a53', for_a53, 20), ('a55', for_a55, 16)):
            self.assertEqual(cycles(core, '; '.join(line for group in body for line in group)), expected)

    def test_pairwise_accumulation(self):
        sums = '; '.join(f'sadalp v{i}.4s, v31.8h' for i in range(8))
        self.assertEqual(cycles('a53', sums), 16)
        self.assertEqual(cycles('a55', sums), 8)

    def test_accumulators_are_forwarded_and_products_are_not(self):
        for core in ('a53', 'a55'):
            self.assertEqual(cycles(core, 'smlal v0.4s, v30.4h, v31.4h'), 1)
            self.assertEqual(cycles(core, 'mul v0.4s, v0.4s, v31.4s'), 4)

        product_then_sum = 'smull v0.8h, v30.8b, v31.8b; sadalp v1.4s, v0.8h'
        self.assertEqual(cycles('a53', 'mov v0.d[1], x1; mov v0.d[0], x1'), 4)  # each keeps the other half
        self.assertEqual(cycles('a53', product_then_sum), 4 + 2)
        self.assertEqual(cycles('a55', product_then_sum), 4 + 1)

    def test_arms_latencies_and_the_simple_ones(self):
        self.assertEqual(cycles('a55', 'addp v0.4s, v0.4s, v1.4s'), 3)
        chain = code('fadd v0.4s, v0.4s, v1.4s')
        blocks, trace = {0: chain}, [0] * 101
        self.assertEqual(inorder.cycles_of_trace('a55', blocks, trace), 401)
        self.assertEqual(inorder.cycles_of_trace('a55', blocks, trace, simple=True), 201)

    def test_the_mix_of_gemmlowps_12x8_kernel(self):
        # Two depths of 12 x 8: 48 multiplications by element, 5 widenings, 2 wide loads, 1 narrow one. Measured on a
        # Cortex-A53 (Nexus 5X): 3.28 MAC per cycle.
        loads = ['ldr q0, [x0], #16', 'ldr q1, [x1], #16', 'ldr d2, [x1], #8']
        widen = [f'ushll v{3 + (i + 4) % 5}.8h, v{i % 3}.8b, #0' for i in range(5)]
        multiply = [f'umlal v{16 + i % 16}.4s, v{3 + i % 4}.4h, v7.h[{i % 8}]' for i in range(48)]
        body = loads + multiply[:24] + ['subs x2, x2, #2'] + widen + multiply[24:] + ['b.ne 0']
        rate = 192 / cycles('a53', '; '.join(body))
        self.assertAlmostEqual(rate, 3.31, delta=0.02)
        self.assertAlmostEqual(rate, 3.28, delta=0.05)

    def test_dot_products_reach_the_a55s_peak(self):
        # 24 dot products, and loads of five registers in halves between them.
        dots = [f'sdot v{16 + i % 16}.4s, v{i % 3}.16b, v{3 + i % 2}.4b[{i % 4}]' for i in range(24)]
        others = [f'ldr d{5 + i}, [x0]' for i in range(5)] + [f'ldr x{1 + i}, [x0]' for i in range(5)] + [
            f'mov v{5 + i}.d[1], x{1 + i}' for i in range(5)] + ['subs x9, x9, #1']
        body = '; '.join(f'{dot}; {others[i]}' if i < len(others) else dot for i, dot in enumerate(dots))
        self.assertEqual(cycles('a55', body), 24)
        whole = '; '.join(['ldp q0, q1, [x0]', 'ldp q2, q3, [x0, #32]', 'ldr q4, [x0, #64]'] + dots)
        self.assertLess(16 * 24 / cycles('a55', whole), 11.5)  # kernels for other cores: 9.6 to 11.3

    def test_remembered_states_change_nothing(self):
        generator = random.Random(1)
        pieces = ['ldr q{a}, [x{b}]', 'ldr d{a}, [x{b}]', 'ldr x{b}, [x{a}]', 'smlal v{a}.4s, v{b}.4h, v{c}.4h',
                  'sadalp v{a}.4s, v{b}.8h', 'mul v{a}.4s, v{b}.4s, v{c}.4s', 'add x{a}, x{b}, #1',
                  'subs x{a}, x{b}, #1', 'str q{a}, [x{b}]', 'mov v{a}.d[1], x{b}', 'fadd v{a}.4s, v{b}.4s, v{c}.4s',
                  'b.ne 40']
        blocks = {number: code('; '.join(generator.choice(pieces).format(
            a=generator.randrange(6), b=generator.randrange(6), c=generator.randrange(6))
            for _ in range(generator.randrange(1, 9)))) for number in range(12)}
        trace = [generator.randrange(12) for _ in range(3000)]
        for core in ('a53', 'a55'):
            board = inorder.Scoreboard(core)
            for number in trace:
                for instruction in blocks[number]:
                    board.issue(inorder.step_of(core, instruction))
            self.assertEqual(inorder.cycles_of_trace(core, blocks, trace), board.cycle + 1)


class Loops(unittest.TestCase):
    """What llvm-mca is given, and that it answers."""

    BODY = 'ldr q0, [x0], #16; ldp q1, q2, [x1, #32]!; cbz x9, 40; sdot v3.4s, v0.16b, v1.4b[0]; b.ne 1f0'

    def test_assembly(self):
        lines = loops.assembly_of(code(self.BODY)).split('\n\t')
        self.assertEqual(lines, ['.Lloop:', 'ldr q0, [x0]', 'ldp q1, q2, [x1, #32]', 'nop',
                                 'sdot v3.4s, v0.16b, v1.4b[0]', 'b.ne .Lloop\n'])
        self.assertIn('cbnz x9, .Lloop', loops.assembly_of(code('nop; cbnz x9, 40')))

    def test_the_loop_that_works(self):
        # Not the one of `nested`, which does not run.
        core = cores.CORES['A15' if BUILD.arm32 else 'A510']
        execution = runs.execute(BUILD, core, os.path.join(BUILD.folder, 'model_snippet'), [])
        body = loops.working_loop(runs.Call('t', core.name, runs.Matmul('s', 1, 1, 1), 'k', execution))
        self.assertEqual(body[0].function, 'main')

    @unittest.skipUnless(shutil.which(loops.MCA), f'no {loops.MCA}')
    def test_mca_knows_the_peaks(self):
        body = code('; '.join(f'sdot v{i}.4s, v30.16b, v31.4b[0]' for i in range(24)) + '; subs x0, x0, #1; b.ne 0')
        rate = loops.rates(body, 'sdot')
        for core in ('N1', 'N2', 'V1', 'V2'):
            self.assertAlmostEqual(rate[core], cores.PEAKS[core]['sdot'], delta=1)
        self.assertNotIn('A53', rate)


class Guard(unittest.TestCase):
    """The table of counts: what fails, what is said, what stays silent."""

    class Call:
        def __init__(self, count, kernel='k', shape='s'):
            self.key, self.tier, self.kernel, self.count = ('t', 'c', shape), 't', kernel, count

        def instructions(self):
            return self.count

    def table(self):
        table = counts.Table(os.path.join(tempfile.mkdtemp(), 'counts.csv'))
        self.addCleanup(shutil.rmtree, os.path.dirname(table.path))
        table.counts['t', 'c', 's'] = 1000, 'k'
        table.counts['other', 'c', 's'] = 5, 'k'
        return table

    def test_compares(self):
        for count, wrong, news in ((1000, 0, 0), (1010, 0, 0), (1011, 1, 0), (980, 0, 0), (969, 0, 1), (2000, 1, 0)):
            found = counts.compare(self.table(), [self.Call(count)])
            self.assertEqual([len(words) for words in found], [wrong, news], count)

    def test_names_a_kernel_that_has_changed(self):
        wrong, _ = counts.compare(self.table(), [self.Call(2000, 'new')])
        self.assertIn('by new, then k', wrong[0])

    def test_rows_must_match(self):
        wrong, _ = counts.compare(self.table(), [self.Call(1000), self.Call(7, shape='unlisted')])
        self.assertEqual(len(wrong), 1)
        wrong, _ = counts.compare(self.table(), [self.Call(7, shape='unlisted')])
        self.assertEqual(len(wrong), 2)  # and one that is no longer counted

    def test_reads_what_it_writes(self):
        table = self.table()
        table.compilers['arm64'] = 'g++ (Some, of Debian: 12) 1.2'
        table.write()
        again = counts.Table(table.path)
        self.assertEqual((again.counts, again.compilers), (table.counts, table.compilers))


class Shapes(unittest.TestCase):
    def test_counts_multiply_accumulates(self):
        self.assertEqual(runs.Matmul('m', 3, 5, 7).macs, 105)
        layer = runs.Layer('l', 'conv', 5, 7, 3, 4, 3, 2)
        self.assertEqual(layer.outputs, 3 * 4 * 4)
        self.assertEqual(layer.macs, 3 * 4 * 4 * 27)
        self.assertEqual(layer._replace(kind='depthwise', output_channels=3).macs, 3 * 4 * 3 * 9)

    def test_multiplies_as_often_as_it_must(self):
        # The numbers of a layer against what its kernel executes, whose products none are for nothing here.
        tier, core = cores.RUNS[BUILD.architecture][0]
        for kind in ('conv', 'depthwise'):
            call = runs.call(BUILD, tier, core, runs.Layer('l', kind, 8, 8, 64, 64, 3, 1))
            self.assertAlmostEqual(call.execution.multiplied() / call.macs, 1, delta=0.02)


class Report(unittest.TestCase):
    def test_goals_are_no_peers(self):
        peers = report.Peers()
        peers.rows = [('t', 'A53', 's', report.GOAL, 9.0), ('t', 'A53', 's', 'x', 1.0), ('t', 'A53', 's', 'y', 2.0)]
        self.assertEqual(peers.best('t', 'A53', 's', max), (2.0, 'y'))
        self.assertEqual(peers.goal('t', 'A53', 's'), 9.0)
        self.assertIsNone(peers.goal('t', 'A55', 's'))

    def test_columns_of_goals_only_where_there_are_any(self):
        header, rows = ('a', 'b', 'goal'), [('x', '1', '-'), ('y', '2', '-')]
        self.assertNotIn('goal', report.table_with_goals(1, header, rows))
        self.assertIn('goal', report.table_with_goals(1, header, rows + [('z', '3', '4.0')]))

    def test_replaces_between_markers(self):
        text = 'a\n<!-- model: x -->\nold\n<!-- model: end of x -->\nb\n'
        self.assertEqual(report.replace_between(text, 'x', 'new'), text.replace('old', 'new'))
        with self.assertRaises(runs.Trouble):
            report.replace_between(text, 'y', 'new')

    def test_every_figure_of_a_peer_is_of_a_counted_shape(self):
        shapes = {shape.name for shape in runs.read_shapes()}
        figures = {'instructions', 'A53', 'A55', 'N1', 'V1'}
        for tier, figure, shape, _, _ in report.Peers().rows:
            self.assertIn(shape, shapes)
            self.assertIn(figure, figures)
            self.assertIn(tier, {run[0] for architecture in cores.RUNS.values() for run in architecture})
        for rates in report.Peers().loops.values():
            self.assertLessEqual(set(rates), set(loops.CORES))

    def test_port_bound(self):
        # The formulas of docs/arm.md on counts made up for each limit in turn.
        class Execution:
            def __init__(self, **counted):
                self.counted = {kind: counted.get(kind, 0) for kind in runs.CLASSES}

            def by_class(self):
                return self.counted

            def instructions(self):
                return sum(self.counted.values())

        def bound(ports, **counted):
            return runs.Call('t', 'c', runs.Matmul('s', 10, 10, 10), 'k', Execution(**counted)).port_bound(ports)
        self.assertEqual(bound('N1', scalar=400), 10)
        self.assertEqual(bound('V1', scalar=400), 20)
        self.assertEqual(bound('N1', sdot=100, simd=100), 10)
        self.assertEqual(bound('V1', sdot=100, simd=100), 20)
        self.assertEqual(bound('N1', mul8=60, mul16=40), 10)
        self.assertEqual(bound('V1', mul8=60, mul16=40), 20)
        self.assertEqual(bound('N1', load=150, store=50), 10)
        self.assertEqual(bound('V1', load=150, store=50), 20)


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BUILD = runs.Build(sys.argv.pop(1))
    if not BUILD.has_plugins():
        print(f'{BUILD.emulator} has no plugins; Debian 12\'s qemu-user (7.2) has')
        sys.exit(77)
    unittest.main()
