"""Disassembles a program or an object file: its instructions by address, its functions, its loops that multiply."""
import functools
import re
import subprocess

from instructions import Instruction

_LINE = re.compile(r'^\s*([0-9a-f]+):\t(\S+)(?:\s+(.*))?$')
_FUNCTION = re.compile(r'^[0-9a-f]+ <(.+)>:$')
_TARGET = re.compile(r'(?:^|, )([0-9a-f]+) <')


def clean_operands(text):
    """Without comments and without the name behind an address."""
    text = re.split(r'\s+(?://|@ |;)', text or '')[0]
    return re.sub(r'\s*<.*', '', text).strip()


class Listing:
    """The disassembly of one file."""

    def __init__(self, objdump, path, arm32=False):
        text = subprocess.run([objdump, '-d', '-C', '--no-show-raw-insn', path], check=True, capture_output=True,
                              text=True).stdout
        self.by_address = {}
        self.functions = []  # of (name, instructions)
        self.targets = {}    # address of a branch -> where it goes
        for line in text.splitlines():
            header = _FUNCTION.match(line)
            if header:
                self.functions.append((header.group(1), []))
                continue
            match = _LINE.match(line)
            if not match or not self.functions:
                continue
            address = int(match.group(1), 16)
            name, instructions = self.functions[-1]
            instruction = Instruction(match.group(2), clean_operands(match.group(3)), arm32, address, name)
            target = _TARGET.search(match.group(3) or '')
            if instruction.kind == 'branch' and target:
                self.targets[address] = int(target.group(1), 16)
            instructions.append(instruction)
            self.by_address[address] = instruction

    @functools.cached_property
    def multiply_loops(self):
        """The innermost loops with multiply-accumulates: lists of instructions, the last one the branch back."""
        found = []
        for section in self._runs():
            index = {instruction.address: i for i, instruction in enumerate(section)}
            loops = set()
            for i, instruction in enumerate(section):
                start = index.get(self.targets.get(instruction.address))
                if start is not None and start <= i and instruction.mnemonic != 'bl':
                    loops.add((start, -i))
            # Backwards, the larger of those that start at one place last: a loop is an innermost one if it ends before
            # all that have been seen.
            first_end = len(section)
            for start, minus_end in sorted(loops, reverse=True):
                if -minus_end >= first_end:
                    continue
                first_end = -minus_end
                body = section[start:first_end + 1]
                if any(instruction.macs for instruction in body):
                    found.append(body)
        return found[::-1]

    def _runs(self):
        """Functions, joined with what follows them under labels of assembly."""
        runs = []
        for _, instructions in self.functions:
            if not instructions:
                continue
            # A new section begins at address 0 again.
            if runs and instructions[0].address > runs[-1][-1].address:
                runs[-1] += instructions
            else:
                runs.append(list(instructions))
        return runs
