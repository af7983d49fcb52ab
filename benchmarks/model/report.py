"""Writes what was found as Markdown tables: on the terminal, and between the markers of docs/arm.md."""
import os

import cores
import inorder
import loops
import runs
from instructions import MULTIPLIES

_DASH = '-'


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
        found = [(value, peer) for t, f, s, peer, value in self.rows if (t, f, s) == (tier, figure, shape)]
        return best(found) if found else None


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


def _shape(shape):
    return f'{shape.m} x {shape.k} x {shape.n}'


def instruction_table(calls, peers):
    """Per call and MAC. Cores with the same figures share a row."""
    rows = {}
    for call in calls:
        counts = call.per_mac()
        multiplies = sum(counts[kind] for kind in MULTIPLIES)
        figures = (call.instructions() / call.macs, counts['load'], counts['store'], multiplies, counts['simd'],
                   counts['scalar'], counts['branch'], call.execution.multiplied() / call.macs)
        cells = tuple(_figure(figure, 3) for figure in figures) + (
            _with_peer(peers.best(call.tier, 'instructions', call.shape.name, min), 3),)
        rows.setdefault((call.tier, _shape(call.shape), call.kernel) + cells, []).append(call.core)
    return table(4, ('tier', 'M x K x N', 'kernel', 'cores', 'all', 'loads', 'stores', 'multiplies', 'other SIMD',
                     'scalar', 'branches', 'done / needed', 'best peer'),
                 [key[:3] + (' '.join(on),) + key[3:] for key, on in rows.items()])


def cycle_table(calls, peers):
    """Whole calls on in-order cores."""
    rows = []
    for call in calls:
        if call.execution.trace is None:
            continue
        execution, core = call.execution, call.core.lower()
        rate = [call.macs / inorder.cycles_of_trace(core, execution.blocks, execution.trace, simple)
                for simple in (True, False)]
        rows.append((call.core, call.tier, _shape(call.shape), _figure(rate[0], 2),
                     _with_peer(peers.best(call.tier, call.core, call.shape.name, max), 2), _figure(rate[1], 2)))
    return table(3, ('core', 'tier', 'M x K x N', 'modelled MAC/cycle', 'best peer', "with Arm's latencies"), rows)


def port_table(calls, peers):
    """What the ports of out-of-order cores allow whole calls."""
    rows = {}
    for call in calls:
        for ports in cores.PORT_RUNS.get((call.tier, call.core), ()):
            row = rows.setdefault((call.tier, _shape(call.shape)), {})
            row[ports] = (_figure(call.port_bound(ports), 1),
                          _with_peer(peers.best(call.tier, ports, call.shape.name, max), 1))
    none = (_DASH, _DASH)
    return table(2, ('tier', 'M x K x N', 'N1', 'best peer N1', 'V1', 'best peer V1'),
                 [key + row.get('N1', none) + row.get('V1', none) for key, row in rows.items()])


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
    """Where a call's instructions go: the functions that execute most of them, and how many per element of dst."""
    rows = {}
    for call in calls:
        total = call.instructions()
        for name, count in call.execution.by_function().most_common(most):
            if count < total / 200:
                break
            key = (call.tier, _shape(call.shape), _short(name), f'{100 * count / total:.1f} %', count,
                   _figure(count / call.macs, 4), _figure(count / (call.shape.m * call.shape.n), 1))
            rows.setdefault(key, []).append(call.core)
    header = ('tier', 'M x K x N', 'function', 'cores', 'share', 'instructions', 'per MAC', 'per element of dst')
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
