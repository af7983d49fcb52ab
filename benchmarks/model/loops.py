"""The loops in which calls multiply, each on its own: MAC per cycle on in-order cores (inorder.py) and, by llvm-mca, on
out-of-order ones.

llvm-mca 19 has real models of neoverse-n1, -n2, -v1 and -v2, and of cortex-a57, which stands for the A72. (Version 14
takes another core's for the Neoverse ones. Its models of in-order cores rank tuned loops below untuned ones.)
"""
import re
import subprocess
from collections import Counter, namedtuple

import cores
import inorder
import runs

MCA = 'llvm-mca-19'
IN_ORDER = ('A53', 'A55')
OUT_OF_ORDER = {'A57': 'cortex-a57', 'N1': 'neoverse-n1', 'N2': 'neoverse-n2', 'V1': 'neoverse-v1', 'V2': 'neoverse-v2'}
CORES = IN_ORDER + tuple(OUT_OF_ORDER)

# on: the cores whose calls use it; rows: the M of these calls; rate: core -> MAC per cycle
Loop = namedtuple('Loop', 'tier kernel on rows macs instructions kind rate')


def assembly_of(body):
    """The loop as llvm-mca takes it."""
    lines = ['.Lloop:']
    for instruction in body:
        text = f'{instruction.mnemonic} {instruction.operands}'
        if instruction.kind == 'branch':
            if instruction is not body[-1]:
                text = 'nop'  # out of the loop, not taken
            else:
                text = re.sub(r'(^|\s|, )[0-9a-f]+$', r'\1.Lloop', text)
        elif instruction.kind in ('load', 'store'):
            # Without the step of the base: llvm-mca lets the next address wait for the data.
            text = re.sub(r'\], (#-?\w+|[xr]\d+)$', ']', text)
            text = re.sub(r'\]!$|(?<=\])!$', ']', text)
        lines.append('\t' + text)
    return '\n'.join(lines) + '\n'


def cycles_by_mca(cpu, body, arm32=False):
    """Steady cycles per iteration: the difference between 200 iterations and 400."""
    target = ['-mtriple=thumbv8a-linux-gnueabihf', '-mattr=+neon'] if arm32 else [
        '-mtriple=aarch64', '-mattr=+dotprod,+i8mm']
    totals = []
    for iterations in (200, 400):
        done = subprocess.run([MCA, *target, f'-mcpu={cpu}', f'-iterations={iterations}'], input=assembly_of(body),
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise runs.Trouble(f'{MCA} does not take a loop of {body[0].function}: {done.stderr.strip()}')
        totals.append(int(re.search(r'Total Cycles:\s+(\d+)', done.stdout).group(1)))
    return (totals[1] - totals[0]) / 200


def rates(body, kind, arm32=False):
    macs = sum(instruction.macs for instruction in body)
    rate = {}
    for core in CORES:
        if arm32 and core != 'A57' or kind not in cores.PEAKS[core]:
            continue
        if core in IN_ORDER:
            rate[core] = macs / inorder.cycles_of_loop(core.lower(), body)
        else:
            rate[core] = macs / cycles_by_mca(OUT_OF_ORDER[core], body, arm32)
    return rate


def working_loop(call):
    """The loop in which a call does most of its multiply-accumulates."""
    times = call.execution.by_address()
    return max(call.execution.listing.multiply_loops,
               key=lambda body: times[body[-1].address] * sum(instruction.macs for instruction in body))


def working_loops(calls):
    """Those of all calls, once each; loops that more rows share first."""
    users = {}
    for call in calls:
        body = working_loop(call)
        users.setdefault((call.tier, call.kernel, body[0].address), (body, []))[1].append(call)
    found = []
    for (tier, kernel, _), (body, its_calls) in users.items():
        multiplies = [instruction for instruction in body if instruction.macs]
        kind = Counter(instruction.kind for instruction in multiplies).most_common(1)[0][0]
        found.append(Loop(tier, kernel, list(dict.fromkeys(call.core for call in its_calls)),
                          sorted({call.shape.m for call in its_calls}),
                          sum(instruction.macs for instruction in multiplies), len(body), kind,
                          rates(body, kind, tier.startswith('armv7'))))
    return found
