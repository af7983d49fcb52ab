"""The images of examples/firmware: run by QEMU, weighed, held against the table beside this file.

  images.py check BUILD IMAGE   fails if the image does not print the checksum that the PC computed, or if it is larger,
                                slower or deeper in its stack than images.csv says
  images.py library BUILD       fails if the library has variables, or code that runs before main
  images.py document FOLDER     executes the commands of docs/firmware.md in an empty FOLDER instead of build/, and compares
                                the checksum of the image with that of the PC
  images.py show BUILD...       prints the tables of docs/firmware.md
  images.py write BUILD...      writes images.csv and these tables

BUILD is the folder of a firmware build. Its images.txt, from CMake, says where everything is.
"""
import csv
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, 'images.csv')
DOCUMENT = os.path.join(HERE, '..', '..', 'docs', 'firmware.md')
HEADER = '''# What the images of examples/firmware cost: bytes of their sections, and of the deepest stack; instructions of one call.
# `./dev test firmware` fails where one has grown by more than 3 %. Made by `./dev firmware --write`.
# Sizes and counts depend on the compiler, so the table names it; with another one they are not compared.
'''
CORES = {'mps2-an385': 'Cortex-M0+', 'mps2-an386': 'Cortex-M4', 'mps3-an547': 'Cortex-M55', 'virt': 'AArch64'}
# Sections by what they are. The stack's is room, not use.
SECTIONS = {'.text': 'code', '.rodata': 'code', '.network': 'network', '.data': 'data', '.bss': 'bss', '.stack': None}
# An image of packed matmuls under an integer rule computes with no double.
DOUBLE = re.compile(r'__aeabi_(c?d\w*|\w*2d)$|__\w*df\w*$')
WITHOUT_DOUBLES = ()


class Build:
    def __init__(self, folder):
        with open(os.path.join(folder, 'images.txt'), encoding='utf-8') as file:
            lines = [line.rstrip('\n').split('=', 1) for line in file if '=' in line]
        self.facts = dict(line for line in lines if not line[0].startswith('image '))
        self.images = {key.split()[1]: value for key, value in lines if key.startswith('image ')}
        self.board = self.facts['board']
        with open(self.facts['checksums'], encoding='utf-8') as file:
            self.checksums = dict(line.split() for line in file)

    def compiler(self):
        return output([self.facts['compiler'], '--version']).splitlines()[0]

    def sections(self, file):
        """(name, bytes) of each section that takes memory, of all objects of an archive."""
        listing = output([self.facts['objdump'], '-h', file])
        pattern = re.compile(r'^ *\d+ (\S+) +([0-9a-f]+) .*\n +(.*)$', re.M)
        return [(name, int(size, 16)) for name, size, flags in pattern.findall(listing) if 'ALLOC' in flags]

    def run(self, image):
        """What the image prints, and its sizes: {figure: number}, and the checksum."""
        figures = {'code': 0, 'network': 0, 'data': 0, 'bss': 0}
        for name, size in self.sections(self.images[image]):
            kind = SECTIONS.get(name, 'code')
            if kind:
                figures[kind] += size
        checksum = None
        for line in output(self.facts['emulator'].split(';') + [self.images[image]]).splitlines():
            words = line.split()
            if words[0] == 'checksum':
                checksum = words[1]
            else:
                figures[' '.join(words[:-1])] = int(words[-1])
        return figures, checksum


def output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
                          cwd=os.path.join(HERE, '..', '..'))
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)}: status {done.returncode}\n{done.stdout}')
    return done.stdout


def read_table():
    """The compilers of the table by board, and {(board, image, figure): number}."""
    compilers, table = {}, {}
    with open(TABLE, encoding='utf-8') as file:
        for row in csv.reader(file):
            compiler = re.match(r'# compiler of (\S+): (.*)', ','.join(row))
            if compiler:
                compilers[compiler[1]] = compiler[2]
            elif row and not row[0].startswith('#'):
                table[tuple(row[:3])] = int(row[3])
    return compilers, table


def check(build, image):
    figures, checksum = build.run(image)
    faults = []
    if checksum != build.checksums[image]:
        faults.append(f'the checksum is {checksum}, on the PC {build.checksums[image]}')
    if image in WITHOUT_DOUBLES:
        names = output([build.facts['nm'], build.images[image]]).split()
        faults += [f'computes with doubles: {name}' for name in names if DOUBLE.match(name)]
    compilers, table = read_table()
    if compilers.get(build.board) != build.compiler():
        print(f'not compared: the table is for {compilers.get(build.board)}')
    else:
        known = {key[2]: value for key, value in table.items() if key[:2] == (build.board, image)}
        for figure in sorted(set(known) ^ set(figures)):
            faults.append(f'{figure}: {"not printed" if figure in known else "not in the table"}')
        for figure in sorted(set(known) & set(figures)):
            now, before = figures[figure], known[figure]
            print(f'{figure} {now}, table {before}')
            if now > before + max(before * 3 // 100, 16):
                faults.append(f'{figure} has grown from {before} to {now}')
    if faults:
        faults.append('a change that is meant: ./dev firmware --write')
    return faults


def check_library(build):
    sections = build.sections(build.facts['archive'])
    faults = [f'{name} of {size} bytes' for name, size in sections
              if size > 0 and re.match(r'\.(data|bss|tdata|tbss|init_array|fini_array|ctors|dtors)\b', name)]
    if not any(name.startswith('.text') and size > 0 for name, size in sections):
        faults.append('no code found')
    return faults


def run_document(folder):
    with open(DOCUMENT, encoding='utf-8') as file:
        section = file.read().split('\n## From nothing', 1)[1].split('\n## ', 1)[0]
    commands = [line[4:] for line in section.splitlines() if line.startswith('    ')]
    if len(commands) != 10:
        return [f'{len(commands)} commands, not 10']
    printed = ''
    for command in commands:
        print(command, flush=True)
        words = command.replace(' build/', f' {folder}/').split()
        if words[:3] == ['sudo', 'apt-get', 'install']: # they are there, or nothing below would run: are they all named?
            output(['dpkg-query', '-W'] + [word for word in words[3:] if not word.startswith('-')])
            continue
        if words[0].startswith('build/'):
            words[0] = folder + words[0][len('build'):]
        printed += output(words)
    image = re.findall(r'^checksum (\w{16})$', printed, re.M)
    pc = re.findall(r'^portable (\w{16}) hybrid', printed, re.M)
    return [] if image and image == pc else [f'checksums: of the image {image}, of the PC {pc}']


def per_mac(figures, name):
    return f'{figures[name + " instructions"] / figures[name + " macs"]:.2f}'


def markdown(cells):
    lines = ['| ' + ' | '.join(row) + ' |' for row in cells]
    return '\n'.join([lines[0], '|' + ' --- |' * len(cells[0])] + lines[1:])


def tables(builds):
    """Every figure, and the two tables of the document as {name: text}."""
    all_figures = {}
    images = [['image', 'core', 'code and tables', 'weights and images', 'data', 'bss', 'stack', 'instructions per MAC']]
    rows = [['call', *(CORES[build.board] for build in builds)]]
    for image in builds[0].images:
        for build in builds:
            figures = all_figures[build.board, image] = build.run(image)[0]
            names = [figure[:-5] for figure in figures if figure.endswith(' macs')]
            images.append([f'`{image}`', CORES[build.board]] + [str(figures[kind]) for kind in (
                'code', 'network', 'data', 'bss')] + [str(max(figures[name + ' stack'] for name in names)),
                per_mac(figures, names[0]) if len(names) == 1 else 'below'])
        if len(names) > 1:
            rows += [[name] + [per_mac(all_figures[build.board, image], name) for build in builds] for name in names]
    return all_figures, {'images': markdown(images), 'calls': markdown(rows)}


def write(builds):
    all_figures, texts = tables(builds)
    with open(TABLE, 'w', encoding='utf-8', newline='\n') as file:
        file.write(HEADER)
        for build in builds:
            file.write(f'# compiler of {build.board}: {build.compiler()}\n')
        for (board, image), figures in all_figures.items():
            for figure, value in figures.items():
                file.write(f'{board},{image},{figure},{value}\n')
    with open(DOCUMENT, encoding='utf-8') as file:
        text = file.read()
    for name, table in texts.items():
        begin, end = f'<!-- firmware: {name} -->', f'<!-- firmware: end of {name} -->'
        before, rest = text.split(begin, 1)
        text = before + begin + '\n' + table + '\n' + end + rest.split(end, 1)[1]
    with open(DOCUMENT, 'w', encoding='utf-8', newline='\n') as file:
        file.write(text)


def main():
    verb, folders = sys.argv[1], sys.argv[2:]
    if verb == 'check':
        faults = check(Build(folders[0]), folders[1])
    elif verb == 'library':
        faults = check_library(Build(folders[0]))
    elif verb == 'document':
        faults = run_document(folders[0])
    else:
        builds = [Build(folder) for folder in folders]
        faults = []
        if verb == 'write':
            write(builds)
        else:
            print('\n\n'.join(tables(builds)[1].values()))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


sys.exit(main())
