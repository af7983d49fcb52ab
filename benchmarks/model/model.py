#!/usr/bin/env python3
"""`./dev model`: Arm speed without an Arm machine, the same on every run. docs/arm.md says what it shows and what that
is worth. Start reading here.

  model.py tables BUILD...   all tables
  model.py where BUILD...    the functions in which each call's instructions are executed
  model.py write BUILD...    docs/arm.md and tests/model/instruction_counts.csv
  model.py check BUILD...    the guard: fails if a call executes more instructions than the table has (77: cannot tell)

BUILD is a folder with build.json: model/ of a cross build. Where what is:
  call.c, matmul_call.c, layer_call.c, marker.h
                                the program whose call is counted
  blocks.c                      QEMU's plugin: what ran, how often, in which order
  cores.py, ../shapes/arm.txt, ../networks/arm.txt
                                which matmuls and layers are counted, on which cores
  runs.py                       one run
  instructions.py, listing.py   disassembly
  inorder.py, loops.py          the models
  counts.py, report.py          results: the guard's table, the tables
  peers.csv, peer_loops.csv     other libraries' figures
"""
import os
import sys

sys.dont_write_bytecode = True  # the sources stay as they are

import counts
import loops
import report
import runs

DOCUMENT = os.path.join(runs.HERE, '..', '..', 'docs', 'arm.md')
SKIPPED = 77


def make_tables(builds):
    """(name, words over it, table) of each, and the calls of each build."""
    peers = report.Peers()
    called = [(build, list(runs.calls(build, traced=True))) for build in builds]
    every = [call for _, calls in called for call in calls]
    both_rules = [call for call in every if isinstance(call.shape, runs.Matmul)]
    matmuls = [call for call in both_rules if call.shape.kind == 'matmul']
    layers = [call for call in every if isinstance(call.shape, runs.Layer)]
    made = []
    for prefix, words, its_calls, header in (('', 'matmuls', matmuls, 'M x N x K'),
                                             ('layer ', 'layers', layers, 'layer')):
        made += [
            (prefix + 'instructions', f'Executed instructions per multiply-accumulate, whole calls, {words}',
             report.instruction_table(its_calls, peers, header)),
            (prefix + 'cycles', f'Modelled whole calls on in-order cores, MAC per cycle, {words}',
             report.cycle_table(its_calls, peers, header)),
            (prefix + 'ports', f'Bound of whole calls by the ports of out-of-order cores, MAC per cycle, {words}',
             report.port_table(its_calls, peers, header)),
        ]
    return [
        *made,
        ('indirect', 'Instructions per multiply-accumulate of a convolution, and of the matmul of its numbers',
         report.indirect_table(every, peers, 'conv_28x28x64', 'conv_784x64x576')),
         ('rules', "TFLite's rule beside the float rule", report.rule_table(both_rules)),
        ('loops', 'Modelled loops of matmuls, MAC per cycle (share of the peak)',
         report.loop_table(loops.working_loops(matmuls), peers)),
    ], called


def tables(builds):
    for _, words, content in make_tables(builds)[0]:
        print(f'{words}\n\n{content}\n')
    print('Modelled: nothing here is time. docs/arm.md says how it comes about and what it is worth.')
    return 0


def where(builds):
    for build in builds:
        print(report.function_table(runs.calls(build)))
    return 0


def write(builds):
    made, called = make_tables(builds)
    listed = counts.Table()
    for build, calls in called:
        listed.put(build, calls)
    with open(DOCUMENT, encoding='utf-8') as file:
        text = file.read()
    for name, _, content in made:
        text = report.replace_between(text, name, content)
    with open(DOCUMENT, 'w', encoding='utf-8') as file:
        file.write(text)
    listed.write()
    print('wrote docs/arm.md and tests/model/instruction_counts.csv')
    return 0


def tell(words):
    """Says it here, and to ./dev test, which shows what a test that passes has to say."""
    print(words)
    if 'OTTAVA_TEST_REPORT_FILE' in os.environ:
        with open(os.environ['OTTAVA_TEST_REPORT_FILE'], 'a', encoding='utf-8') as file:
            file.write(words + '\n')


def check(builds):
    listed = counts.Table()
    failed = False
    for build in builds:
        compiler = listed.compilers.get(build.architecture, build.compiler)
        if compiler != build.compiler:
            tell(f'instructions per call not compared: the table is of {compiler}, this build of {build.compiler}')
            return SKIPPED
        calls = list(runs.calls(build))
        wrong, news = counts.compare(listed, calls)
        for words in wrong:
            print(f'FAILED {words}')
        for words in news:
            tell(f'{words}: renew the table with ./dev model --write')
        tell(f'instructions of {len(calls)} calls on {build.architecture} compared with the table, {len(wrong)} failed')
        failed = failed or bool(wrong)
    if failed:
        print('If more instructions are meant, renew the table with ./dev model --write')
    return 1 if failed else 0


def main(arguments):
    verbs = {'tables': tables, 'where': where, 'write': write, 'check': check}
    if len(arguments) < 2 or arguments[0] not in verbs:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        builds = [runs.Build(folder) for folder in arguments[1:]]
        for build in builds:
            if not build.has_plugins():
                print(f'{build.emulator} has no plugins; Debian 12\'s qemu-user (7.2) has')
                return SKIPPED
        return verbs[arguments[0]](builds)
    except runs.Trouble as trouble:
        print(f'model: {trouble}', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
