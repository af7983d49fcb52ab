"""The committed table of instructions per call, and the guard that keeps them from growing."""
import os

import runs

PATH = os.path.join(runs.HERE, '..', '..', 'tests', 'model', 'instruction_counts.csv')
ALLOWED = 1.01     # of the table's count
WELL_BELOW = 0.97  # then the table is out of date

_HEADER = '''\
# Instructions that one call executes, from one marker to the other: what `./dev model` counts. `./dev test` fails where
# a call executes over 1 % more. Made by `./dev model --write`: write it again after a change that is meant.
# Counts depend on the compiler, so each architecture names its own; with another one they are not compared.
'''


class Table:
    """tests/model/instruction_counts.csv."""

    def __init__(self, path=PATH):
        self.path = path
        self.compilers = {}  # architecture -> the compiler of its counts
        self.counts = {}     # (tier, core, shape) -> (instructions, kernel)
        if not os.path.exists(path):
            return
        with open(path, encoding='utf-8') as file:
            for line in file:
                words = line.strip()
                if words.startswith('# compiler of '):
                    architecture, compiler = words[len('# compiler of '):].split(': ', 1)
                    self.compilers[architecture] = compiler
                elif words and not words.startswith(('#', 'tier,')):
                    tier, core, shape, instructions, kernel = words.split(',')
                    self.counts[tier, core, shape] = int(instructions), kernel

    def put(self, build, calls):
        """Takes the counts of these calls in place of those of the same tiers."""
        tiers = {call.tier for call in calls}
        self.counts = {key: value for key, value in self.counts.items() if key[0] not in tiers}
        self.counts.update({call.key: (call.instructions(), call.kernel) for call in calls})
        self.compilers[build.architecture] = build.compiler

    def write(self):
        with open(self.path, 'w', encoding='utf-8') as file:
            file.write(_HEADER)
            for architecture, compiler in self.compilers.items():
                file.write(f'# compiler of {architecture}: {compiler}\n')
            file.write('tier,core,shape,instructions,kernel\n')
            for (tier, core, shape), (instructions, kernel) in self.counts.items():
                file.write(f'{tier},{core},{shape},{instructions},{kernel}\n')


def compare(table, calls):
    """What is wrong with the counts (fails the guard), and what is merely worth saying."""
    wrong, news = [], []
    calls = list(calls)
    for call in calls:
        name = ' '.join(call.key)
        if call.key not in table.counts:
            wrong.append(f'{name}: {call.instructions()} instructions, not in the table')
            continue
        listed, kernel = table.counts[call.key]
        ratio = call.instructions() / listed
        words = f'{name}: {call.instructions()} instructions, {100 * (ratio - 1):+.2f} % of the table\'s {listed}'
        if call.kernel != kernel:
            words += f' (by {call.kernel}, then {kernel})'
        if ratio > ALLOWED:
            wrong.append(words)
        elif ratio < WELL_BELOW:
            news.append(words)
    tiers = {call.tier for call in calls}
    counted = {call.key for call in calls}
    for key in table.counts:
        if key[0] in tiers and key not in counted:
            wrong.append(f'{" ".join(key)}: in the table, but no longer counted')
    return wrong, news
