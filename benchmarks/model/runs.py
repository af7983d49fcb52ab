"""Runs one call under QEMU and says what it executed."""
import array
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter, namedtuple

import cores
from instructions import CLASSES, MULTIPLIES
from listing import Listing

HERE = os.path.dirname(os.path.abspath(__file__))


class Matmul(namedtuple('Matmul', 'name m n k kind', defaults=('matmul',))):
    """A product to count; kind: matmul, under the float rule, or matmul_tflite."""
    __slots__ = ()

    @property
    def arguments(self):  # of call.c
        return [self.kind, str(self.m), str(self.n), str(self.k)]

    @property
    def macs(self):
        return self.m * self.n * self.k

    @property
    def outputs(self):
        return self.m * self.n

    @property
    def words(self):
        return f'{self.m} x {self.n} x {self.k}'


class Layer(namedtuple('Layer', 'name kind height width channels output_channels kernel stride')):
    """A convolution to count, with SAME padding; kind: conv or depthwise."""
    __slots__ = ()

    @property
    def arguments(self):
        return [self.kind, *map(str, self[2:])]

    @property
    def outputs(self):
        return -(-self.height // self.stride) * -(-self.width // self.stride) * self.output_channels

    @property
    def macs(self):
        return self.outputs * self.kernel ** 2 * (1 if self.kind == 'depthwise' else self.channels)

    @property
    def words(self):
        to = '' if self.kind == 'depthwise' else f' to {self.output_channels}'
        return (f'{self.kind} {self.kernel}x{self.kernel} s{self.stride}, '
                f'{self.height} x {self.width} x {self.channels}{to}')


class Trouble(Exception):
    """Something that the user can mend; the message says what."""


def read_rows(path):
    """The lines of a text file that hold data."""
    with open(path, encoding='utf-8') as file:
        return [line.strip() for line in file if line.strip() and not line.startswith('#')]


TFLITE = ('sq256',)  # matmuls that are counted under TFLite's rule too


def read_shapes():
    """All calls to count: matmuls, then layers."""
    shapes = [Matmul(name, int(m), int(n), int(k))
              for name, m, n, k in (row.split() for row in read_rows(os.path.join(HERE, '..', 'shapes', 'arm.txt')))]
    shapes += [shape._replace(name=shape.name + '_tflite', kind='matmul_tflite')
               for shape in shapes if shape.name in TFLITE]
    for row in read_rows(os.path.join(HERE, '..', 'networks', 'arm.txt')):
        name, kind, *sizes, padding, dilation, groups, clamp = row.split()
        layer = Layer(name, kind, *map(int, sizes))
        expected = ['same', '1', str(layer.channels) if kind == 'depthwise' else '1', 'none']
        if [padding, dilation, groups, clamp] != expected:
            raise Trouble(f'{name} of networks/arm.txt: call.c makes no layers other than {" ".join(expected)}')
        shapes.append(layer)
    return shapes


class Build:
    """A cross build that holds model_call and the plugin: what CMake wrote into build.json."""

    def __init__(self, folder):
        path = os.path.join(folder, 'build.json')
        if not os.path.exists(path):
            raise Trouble(f'no {path}: build it with ./dev model')
        with open(path, encoding='utf-8') as file:
            facts = json.load(file)
        self.folder = folder
        self.architecture = facts['architecture']
        self.compiler = facts['compiler']
        self.emulator = facts['emulator']
        self.objdump = facts['objdump']
        self.plugin = facts['plugin']
        self.program = facts['program']
        self._listings = {}

    @property
    def arm32(self):
        return self.architecture == 'arm32'

    def listing(self, program):
        program = os.path.realpath(program)
        if program not in self._listings:
            self._listings[program] = Listing(self.objdump, program, self.arm32)
        return self._listings[program]

    def has_plugins(self):
        """Debian's qemu-user has them up to version 7.2."""
        if shutil.which(self.emulator) is None:
            raise Trouble(f'no {self.emulator} (Debian: qemu-user)')
        probe = subprocess.run([self.emulator, '-h'], capture_output=True, text=True, check=False)
        return '-plugin' in probe.stdout


class Execution:
    """What ran between the markers."""

    def __init__(self, listing, output, blocks, executed, trace):
        self.output = output      # what the program printed
        self.blocks = blocks      # number -> instructions
        self.executed = executed  # number -> times
        self.trace = trace        # numbers in order, or None
        self.listing = listing

    def instructions(self):
        return sum(times * len(self.blocks[number]) for number, times in self.executed.items())

    def _count(self, key):
        counts = Counter()
        for number, times in self.executed.items():
            for instruction in self.blocks[number]:
                counts[key(instruction)] += times
        return counts

    def by_class(self):
        counts = self._count(lambda instruction: instruction.kind)
        return {kind: counts.get(kind, 0) for kind in CLASSES}

    def by_address(self):
        return self._count(lambda instruction: instruction.address)

    def by_function(self):
        return self._count(lambda instruction: instruction.function)

    def multiplied(self):
        """Multiply-accumulates that the widening multiplies did, needed or not."""
        counts = self._count(lambda instruction: instruction.macs)
        return sum(macs * times for macs, times in counts.items())


def execute(build, core, program, arguments, traced=False):
    """Runs `program` on a core of cores.CORES."""
    with tempfile.TemporaryDirectory() as folder:
        out, trace = os.path.join(folder, 'blocks'), os.path.join(folder, 'trace')
        root = cores.write_root(core, os.path.join(folder, 'root'))
        plugin = f'{build.plugin},out={out}' + (f',trace={trace}' if traced else '')
        # No environment: it would lie on the program's stack, and may name tiers.
        done = subprocess.run([shutil.which(build.emulator), '-L', root, '-cpu', core.qemu, '-plugin', plugin, program,
                               *arguments], env={}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(f'{os.path.basename(program)} {" ".join(arguments)} on {core.name}: {done.stderr.strip()}')
        listing = build.listing(program)
        blocks, executed = {}, {}
        for line in read_rows(out):
            number, times, *addresses = line.split()
            blocks[int(number)] = [listing.by_address[int(address, 16)] for address in addresses]
            executed[int(number)] = int(times)
        order = None
        if traced:
            order = array.array('I')
            with open(trace, 'rb') as file:
                order.frombytes(file.read())
    return Execution(listing, done.stdout.strip(), blocks, executed, order)


class Call(namedtuple('Call', 'tier core shape kernel execution')):
    """One counted call of the library."""
    __slots__ = ()

    @property
    def macs(self):
        return self.shape.macs

    @property
    def key(self):
        return self.tier, self.core, self.shape.name

    def instructions(self):
        return self.execution.instructions()

    def per_mac(self):
        return {kind: count / self.macs for kind, count in self.execution.by_class().items()}

    def port_bound(self, ports):
        """MAC per cycle that the ports of an out-of-order core allow."""
        limits = cores.PORTS[ports]
        counts = self.execution.by_class()
        simd = counts['simd'] + sum(counts[kind] for kind in MULTIPLIES)
        memory = counts['load'] + (counts['store'] if limits.stores_too else 0)
        return self.macs / max(self.instructions() / limits.all, simd / limits.simd,
                               (counts['mul8'] + counts['mul16']) / limits.multiplies, memory / limits.loads)


def call(build, tier, core, shape, traced=False):
    described = cores.CORES[core]
    execution = execute(build, described, build.program, [*shape.arguments, tier], traced)
    kernel, _, seen = execution.output.partition('\n')
    expected = f'{described.words} {described.l1d_kib} {described.l2_kib}'
    if seen != expected:  # the counts would be those of another machine
        raise Trouble(f'the library takes the modelled {expected} for {seen}')
    return Call(tier, core, shape, kernel, execution)


def calls(build, traced=False):
    """All counted calls of the build's architecture."""
    for tier, core in cores.RUNS[build.architecture]:
        for shape in read_shapes():
            if isinstance(shape, Layer) and shape.kind == 'depthwise' and tier in cores.NO_DEPTHWISE:
                continue
            yield call(build, tier, core, shape, traced and (tier, core) in cores.IN_ORDER)
