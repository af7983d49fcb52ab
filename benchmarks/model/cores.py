"""The cores that calls are modelled on: what the library is told of each, which of QEMU's CPUs executes the code, and
what is known of its speed.

ottava picks its tuning and its blocks by the kind of core and the sizes of the caches, which Linux tells in /proc and
/sys. QEMU's user mode would show it those of the build machine, so each run is given files of the modelled core.
"""
import os
from collections import namedtuple

# qemu: QEMU 7.2 knows few cores; any with the same tiers does, as only detection looks at the name.
Core = namedtuple('Core', 'name words architecture part qemu l1d_kib l2_kib features')

_NEON = 'fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid'
_DOTPROD = _NEON + ' atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp'
_I8MM = _DOTPROD + ' i8mm bf16'

CORES = {core.name: core for core in (
    Core('A53', 'Cortex-A53', 'arm64', 0xd03, 'cortex-a53', 32, 512, _NEON),
    Core('A72', 'Cortex-A72', 'arm64', 0xd08, 'cortex-a72', 32, 1024, _NEON),
    Core('A55', 'Cortex-A55', 'arm64', 0xd05, 'cortex-a76', 32, 128, _DOTPROD),
    Core('N1', 'Neoverse-N1', 'arm64', 0xd0c, 'neoverse-n1', 64, 1024, _DOTPROD),
    Core('A510', 'Cortex-A510', 'arm64', 0xd46, 'max,sve=off', 32, 256, _I8MM),
    Core('N2', 'Neoverse-N2', 'arm64', 0xd49, 'max,sve=off', 64, 1024, _I8MM),
    Core('V1', 'Neoverse-V1', 'arm64', 0xd40, 'max,sve=off', 64, 1024, _I8MM),
    Core('A15', 'Cortex-A15', 'arm32', 0xc0f, 'cortex-a15', 32, 1024, 'half thumb fastmult vfp edsp neon vfpv3 vfpv4'),
)}

# Which tier is counted on which cores: each class of cores that a tier may have a tuning for.
RUNS = {
    'arm64': (('arm_neon', 'A53'), ('arm_neon', 'A55'), ('arm_neon', 'A72'),
              ('arm_dotprod', 'A55'), ('arm_dotprod', 'N1'), ('arm_dotprod', 'V1'),
              ('arm_i8mm', 'A510'), ('arm_i8mm', 'N2'), ('arm_i8mm', 'V1')),
    'arm32': (('armv7_neon', 'A15'),),
}

# Tiers without depthwise kernels of their own: such layers are those of the tier below.
NO_DEPTHWISE = ('arm_i8mm',)

# Whole calls are modelled in cycles where a core issues in order: (tier, core).
IN_ORDER = (('arm_neon', 'A53'), ('arm_neon', 'A55'), ('arm_dotprod', 'A55'))

# The least cycles that an out-of-order core's ports allow a whole call, from its instruction counts alone: how many
# instructions of all, of SIMD, of the widening multiplies and of memory it starts per cycle.
PortLimits = namedtuple('PortLimits', 'all simd multiplies loads stores_too')
PORTS = {'N1': PortLimits(4, 2, 1, 2, True), 'V1': PortLimits(8, 4, 2, 3, False)}
# The runs that stand for the bound of each: N2 has the ports of N1 and SMMLA besides.
PORT_RUNS = {('arm_neon', 'A72'): ('N1', 'V1'), ('arm_dotprod', 'N1'): ('N1',), ('arm_dotprod', 'V1'): ('V1',),
             ('arm_i8mm', 'N2'): ('N1',), ('arm_i8mm', 'V1'): ('V1',)}

# Most MAC per cycle of a loop, by the instruction that multiplies. mul8: SMULL, SMLAL2 of 8 bits and SADALP; mul16:
# SMLAL to 32 bits. From Arm's optimization guides of each core (A53: measured, see inorder.py).
PEAKS = {
    'A53': {'mul16': 4, 'mul8': 4},
    'A55': {'mul16': 4, 'mul8': 16 / 3, 'sdot': 16},
    'N1': {'mul16': 4, 'mul8': 8, 'sdot': 32},
    'N2': {'mul16': 4, 'mul8': 8, 'sdot': 32, 'smmla': 64},
    'V1': {'mul16': 8, 'mul8': 16, 'sdot': 64, 'smmla': 128},
    'V2': {'mul16': 8, 'mul8': 16, 'sdot': 64, 'smmla': 128},
    'A57': {'mul16': 4, 'mul8': 8},
}


def write_root(core, folder):
    """Makes the files of one processor of this kind, which QEMU shows in place of this machine's own."""
    def write(path, text):
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)

    write('proc/cpuinfo', f'processor\t: 0\nBogoMIPS\t: 48.00\nFeatures\t: {core.features}\n'
                          'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x1\n'
                          f'CPU part\t: 0x{core.part:03x}\nCPU revision\t: 0\n\n')
    caches = (('1', 'Data', core.l1d_kib), ('2', 'Unified', core.l2_kib))
    for index, (level, kind, kib) in enumerate(caches):
        cache = f'sys/devices/system/cpu/cpu0/cache/index{index}/'
        write(cache + 'level', level + '\n')
        write(cache + 'type', kind + '\n')
        write(cache + 'size', f'{kib}K\n')
    for index in range(len(caches), 8):  # not this machine's third level
        write(f'sys/devices/system/cpu/cpu0/cache/index{index}/level', '')
    return folder
