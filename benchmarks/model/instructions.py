"""What a disassembled instruction is: its class, its registers, how many multiply-accumulates it does.

Reads the text of GNU objdump, for AArch64 and 32-bit Arm.
"""
import re

# The classes that `./dev model` counts, in the order of its tables.
CLASSES = ('load', 'store', 'sdot', 'smmla', 'mul8', 'mul16', 'simd', 'scalar', 'branch')
MULTIPLIES = ('sdot', 'smmla', 'mul8', 'mul16')

_SIMD_REGISTER = re.compile(r'\b[vqdshb](\d+)\b')
_REGISTER = re.compile(r'\b(?:([vqdshb])(\d+)|[xw](\d+)|(sp))\b')
_BRANCH = re.compile(r'^(b|bl|br|blr|ret|b\.\w+|cbz|cbnz|tbz|tbnz)$')
_ARM_BRANCH = re.compile(r'^(b|bl|bx|blx)(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\.n|\.w)?$|^cbn?z$')
_ARM_LOAD = re.compile(r'^(ldr|ldm|pop|vldr|vldm|vld\d|vpop|pld|ldrd)')
_ARM_STORE = re.compile(r'^(str|stm|push|vstr|vstm|vst\d|vpush)')


class Instruction:
    """One line of a disassembly."""
    __slots__ = ('address', 'mnemonic', 'operands', 'kind', 'macs', 'function')

    def __init__(self, mnemonic, operands, arm32=False, address=0, function=''):
        self.address = address
        self.mnemonic = mnemonic
        self.operands = operands
        self.function = function
        self.kind, self.macs = (_classify_arm32 if arm32 else _classify_aarch64)(mnemonic, operands)

    def __repr__(self):
        return f'{self.mnemonic} {self.operands}'

    @property
    def destination(self):
        return self.operands.split(',')[0]

    def registers(self):
        """Names of the AArch64 registers in the order of the operands: v0 to v31, x0 to x30, sp."""
        names = []
        text = re.sub(r'\{[^}]*\}', lambda listed: ', '.join(_expand(listed.group(0))), self.operands)
        for simd, number, general, stack in (match.groups() for match in _REGISTER.finditer(text)):
            if simd:
                names.append('v' + number)
            elif general:
                names.append('x' + general)
            elif stack:
                names.append('sp')
        return names


def _expand(listed):
    """The registers of {v0.16b-v3.16b} or {v0.16b, v1.16b}."""
    numbers = [int(number) for number in re.findall(r'v(\d+)', listed)]
    if '-' in listed and len(numbers) == 2:
        numbers = [(numbers[0] + i) % 32 for i in range((numbers[1] - numbers[0]) % 32 + 1)]
    return [f'v{number}' for number in numbers]


def _classify_aarch64(mnemonic, operands):
    if mnemonic.startswith(('ld', 'prfm')):
        return 'load', 0
    if mnemonic.startswith('st'):
        return 'store', 0
    if _BRANCH.match(mnemonic):
        return 'branch', 0
    destination = operands.split(',')[0]
    if re.match(r'(us|su|s|u)dot$', mnemonic):
        return 'sdot', 16 if '.4s' in destination else 8
    if re.match(r'(us|s|u)mmla$', mnemonic):
        return 'smmla', 32
    if re.match(r'[su]ml[as]l2?$|[su]mull2?$', mnemonic):
        if '.8h' in destination:
            return 'mul8', 8
        if '.4s' in destination:
            return 'mul16', 4
    return ('simd' if _SIMD_REGISTER.search(operands) else 'scalar'), 0


def _classify_arm32(mnemonic, operands):
    if _ARM_LOAD.match(mnemonic):
        return 'load', 0
    if _ARM_STORE.match(mnemonic):
        return 'store', 0
    if _ARM_BRANCH.match(mnemonic):
        return 'branch', 0
    if re.match(r'v[su]dot', mnemonic):
        return 'sdot', 16 if operands.startswith('q') else 8
    multiply = re.match(r'vm(?:ul|la|ls)l\.[su](8|16)$', mnemonic)
    if multiply:
        return ('mul8', 8) if multiply.group(1) == '8' else ('mul16', 4)
    return ('simd' if mnemonic.startswith('v') else 'scalar'), 0
