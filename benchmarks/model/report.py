"""Writes what was found as Markdown tables: on the terminal, and between the markers of docs/arm.md."""
import functools
import os

import cores
import inorder
import loops
import runs
from instructions import MULTIPLIES

_DASH = '-'
GOAL = 'goal'  # in place of a peer in peers.csv


class Peers:
    """The figures of peers.csv and peer_loops.csv."""

    def __init__(self):
        self.rows = []
        self.loops = {}  # (tier, kind) -> core -> MAC per cycle
        for row in runs.read_rows(os.path.join(runs.HERE, 'peer_loops.csv')):
            tier, kind, core, value, _ = row.split(',')
            self.loops.setdefault((tier, kind), {})[core] = float(value)
        for row in runs.read_rows(os.path.join(runs.HERE, 'peers.csv')):
            tier, figure, shape, peer, value = row.split(',')
            self.rows.append((tier, figure, shape, peer, float(value)))

    def best(self, tier, figure, shape, best):
        """(value, peer), or None: `best` is min or max."""
        found = [(value, peer) for t, f, s, peer, value in self.rows
                 if (t, f, s) == (tier, figure, shape) and peer != GOAL]
        return best(found) if found else None

    def goal(self, tier, figure, shape):
        """A value, or None."""
        return next((value for t, f, s, peer, value in self.rows if (t, f, s, peer) == (tier, figure, shape, GOAL)), None)


def table(left, header, rows):
    """A Markdown table, aligned for readers of the plain text: so many columns of words, then columns of figures."""
    text = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in text) for i in range(len(header))]

    def line(cells):
        return '| ' + ' | '.join(cell.ljust(width) if i < left else cell.rjust(width)
                                 for i, (cell, width) in enumerate(zip(cells, widths))) + ' |'
    rule = '|' + '|'.join('-' * (width + 2) if i < left else '-' * (width + 1) + ':'
                          for i, width in enumerate(widths)) + '|'
    return '\n'.join([line(text[0]), rule, *map(line, text[1:])])


def _figure(value, digits):
    return f'{value:.{digits}f}' if value is not None else _DASH


def _with_peer(best, digits):
    return f'{best[0]:.{digits}f} {best[1]}' if best else _DASH


def instruction_table(calls, peers, shapes):
    """Per call and MAC. Cores with the same figures share a row. `shapes` is the header over them."""
    rows = {}
    for call in calls:
        counts = call.per_mac()
        multiplies = sum(counts[kind] for kind in MULTIPLIES)
        figures = (call.instructions() / call.macs, counts['load'], counts['store'], multiplies, counts['simd'],
                   counts['scalar'], counts['branch'], call.execution.multiplied() / call.macs)
        named = call.tier, 'instructions', call.shape.name
        cells = tuple(_figure(figure, 3) for figure in figures) + (
            _with_peer(peers.best(*named, min), 3), _figure(peers.goal(*named), 2))
        rows.setdefault((call.tier, call.shape.words, call.kernel) + cells, []).append(call.core)
    return table_with_goals(4, ('tier', shapes, 'kernel', 'cores', 'all', 'loads', 'stores', 'multiplies',
                                 'other SIMD', 'scalar', 'branches', 'done / needed', 'best peer', 'goal'),
                             [key[:3] + (' '.join(on),) + key[3:] for key, on in rows.items()])


def table_with_goals(left, header, rows):
    """Without the columns of goals, named so, if none has one."""
    kept = [i for i, name in enumerate(header)
            if not name.startswith('goal') or any(row[i] != _DASH for row in rows)]
    return table(left, [header[i] for i in kept], [[row[i] for i in kept] for row in rows])


@functools.lru_cache(maxsize=None)
def _rate(call, simple):
    """Modelled MAC per cycle of a traced call."""
    execution = call.execution
    return call.macs / inorder.cycles_of_trace(call.core.lower(), execution.blocks, execution.trace, simple)


def cycle_table(calls, peers, shapes):
    """Whole calls on in-order cores."""
    rows = []
    for call in calls:
        if call.execution.trace is None:
            continue
        named = call.tier, call.core, call.shape.name
        rows.append((call.core, call.tier, call.shape.words, _figure(_rate(call, True), 2),
                     _with_peer(peers.best(*named, max), 2), _figure(_rate(call, False), 2),
                     _figure(peers.goal(*named), 1)))
    return table_with_goals(3, ('core', 'tier', shapes, 'modelled MAC/cycle', 'best peer', "with Arm's latencies",
                                 'goal'), rows)


def port_table(calls, peers, shapes):
    """What the ports of out-of-order cores allow whole calls."""
    rows = {}
    for call in calls:
        for ports in cores.PORT_RUNS.get((call.tier, call.core), ()):
            row = rows.setdefault((call.tier, call.shape.words), {})
            named = call.tier, ports, call.shape.name
            row[ports] = (_figure(call.port_bound(ports), 1), _with_peer(peers.best(*named, max), 1),
                          _figure(peers.goal(*named), 1))
    none = (_DASH,) * 3
    return table_with_goals(2, ('tier', shapes, 'N1', 'best peer N1', 'goal N1', 'V1', 'best peer V1', 'goal V1'),
                             [key + row.get('N1', none) + row.get('V1', none) for key, row in rows.items()])


def indirect_table(calls, peers, layer, matmul):
    """What it costs a convolution to find its inputs: against a matmul of the same numbers, whose rows lie side by side."""
    rows = {}
    by_key = {call.key: call for call in calls}
    for call in calls:
        plain = by_key.get((call.tier, call.core, matmul))
        if call.shape.name != layer or plain is None:
            continue
        pair = [each.instructions() / each.macs for each in (call, plain)]
        rates = [_rate(each, True) for each in (call, plain)] if call.execution.trace is not None else [None, None]
        per_peer = [peers.best(call.tier, 'instructions', name, min) for name in (layer, matmul)]
        cells = (*(_figure(each, 4) for each in pair), f'{100 * (pair[0] / pair[1] - 1):+.1f} %',
                 *(_figure(each, 2) for each in rates),
                 f'{100 * (rates[1] / rates[0] - 1):+.1f} %' if rates[0] else _DASH,
                 *(_with_peer(each, 3) for each in per_peer))
        rows.setdefault((call.tier,) + cells, []).append(call.core)
    return table(2, ('tier', 'cores', 'convolution', 'matmul', 'more', 'MAC/cycle', 'matmul MAC/cycle', 'more cycles',
                     'convolution, best peer', 'matmul, best peer'),
                 [(key[0], ' '.join(on)) + key[1:] for key, on in rows.items()])


def rule_table(calls):
    """What TFLite's rule costs against the float rule, in matmuls that are counted under both."""
    rows = {}
    by_key = {call.key: call for call in calls}
    for call in calls:
        other = by_key.get((call.tier, call.core, call.shape.name + '_tflite'))
        if other is None:
            continue
        instructions = [each.instructions() for each in (call, other)]
        # More cycles are fewer MAC in each.
        rates = [_rate(each, False) for each in (other, call)] if call.execution.trace is not None else None
        cells = (*instructions, f'{100 * (instructions[1] / instructions[0] - 1):+.1f} %',
                 f'{100 * (rates[1] / rates[0] - 1):+.1f} %' if rates else _DASH)
        rows.setdefault((call.tier, call.shape.words) + cells, []).append(call.core)
    return table(3, ('tier', 'M x K x N', 'cores', 'instructions, float', 'TFLite', 'more', 'more modelled cycles'),
                 [key[:2] + (' '.join(on),) + key[2:] for key, on in rows.items()])


def loop_table(found, peers):
    """MAC per cycle of each loop, and its share of the core's peak; behind each tier the best ones of others."""
    rows = []
    for tier in dict.fromkeys(loop.tier for loop in found):
        for loop in found:
            if loop.tier != tier:
                continue
            cells = []
            for core in loops.CORES:
                rate = loop.rate.get(core)
                share = f'{rate:.2f} ({100 * rate / cores.PEAKS[core][loop.kind]:.0f} %)' if rate is not None else _DASH
                cells.append(share)
            rows.append((tier, loop.kernel, ' '.join(loop.on), ' '.join(map(str, loop.rows)), loop.kind, loop.macs,
                         loop.instructions, *cells))
        for kind, words in (('matrix', 'best peer'), ('vector', 'best peer, one row')):
            rates = peers.loops.get((tier, kind))
            if rates:
                cells = [_figure(rates.get(core), 2) for core in loops.CORES]
                rows.append((tier, words, '', '', '', _DASH, _DASH, *cells))
    return table(5, ('tier', 'kernel', 'for', 'M', 'multiplies by', 'MAC', 'instructions', *loops.CORES), rows)


def function_table(calls, most=8):
    """Where a call's instructions go: the functions that execute most of them, and how many per output."""
    rows = {}
    for call in calls:
        total = call.instructions()
        for name, count in call.execution.by_function().most_common(most):
            if count < total / 200:
                break
            key = (call.tier, call.shape.words, _short(name), f'{100 * count / total:.1f} %', count,
                   _figure(count / call.macs, 4), _figure(count / (call.shape.outputs), 1))
            rows.setdefault(key, []).append(call.core)
    header = ('tier', 'call', 'function', 'cores', 'share', 'instructions', 'per MAC', 'per output')
    return table(4, header, [key[:3] + (' '.join(on),) + key[3:] for key, on in rows.items()])


def _short(name):
    """A C++ name without its arguments."""
    name = name.replace('(anonymous namespace)::', '').replace('ottava::', '')
    depth, kept = 0, ''
    for character in name:
        depth += character in '(<'
        if depth == 0:
            kept += character
        depth -= character in ')>'
    return (kept or name)[:60]


def replace_between(text, name, content):
    """`text` with what stands between the markers of that name replaced."""
    begin, end = f'<!-- model: {name} -->', f'<!-- model: end of {name} -->'
    if begin not in text or end not in text:
        raise runs.Trouble(f'no markers of {name} in the document')
    before, rest = text.split(begin, 1)
    return before + begin + '\n' + content + '\n' + end + rest.split(end, 1)[1]
