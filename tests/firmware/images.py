"""The images of examples/firmware: run by QEMU, weighed, held against the table beside this file.

  images.py check BUILD IMAGE   fails if the image does not print the checksum that the PC computed, or if it is larger,
                                slower or deeper in its stack than images.csv says
                                An image that is a test is run alone.
  images.py library BUILD       fails if the library has variables, or code that runs before main
  images.py tables              fails if the tables of docs/firmware.md are not those of images.csv
  images.py document FOLDER     executes the commands of docs/firmware.md in an empty FOLDER instead of build/, and compares
                                the checksum of the image with that of the PC
  images.py show BUILD...       prints these tables as they are now
  images.py write BUILD...      writes images.csv and the tables

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
# What the code of the smallest image is there for, by the names of its functions; the first that matches.
SMALLEST = 'matmul'
PARTS = (
    ('the kernel', r's8s8s32_'),
    ('the output stage', r'fixed_|divide_half_away|full_accumulator|cortexm_|mve_'),
    ('64-bit division and the like from libgcc', r'__\w+$'),
    ('the image itself: start-up; printing; measuring', r'(board_|core_|report|count_instr|vectors$|start$|main$|run$|draw$|nothing$|mem\w+$|'
     r'make_matmul|\$|failed|exceptions|map$)'),
    ('the checks of a call', r'.*(check_|resolve_strides|region_of|do_lines_meet|Distances|tell_distance|Text::|'
     r'require|plausible_size|write_ok|Error|reach)'),
    ('the call and its loop over tiles', ''),
)
# An image of bound matmuls under an integer rule computes with no double.
DOUBLE = re.compile(r'__aeabi_(c?d\w*|\w*2d)$|__\w*df\w*$')
WITHOUT_DOUBLES = ('matmul', 'digits')


class Build:
    def __init__(self, folder):
        with open(os.path.join(folder, 'images.txt'), encoding='utf-8') as file:
            lines = [line.rstrip('\n').split('=', 1) for line in file if '=' in line]
        self.facts = dict(line for line in lines if not line[0].startswith(('image ', 'test ')))
        self.images = {key.split()[1]: value for key, value in lines if key.startswith('image ')}
        self.tests = {key.split()[1]: value for key, value in lines if key.startswith('test ')}
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
        if image == SMALLEST:
            figures.update(self.parts(image, figures['code']))
        checksum = None
        for line in output(self.facts['emulator'].split(';') + [self.images[image]]).splitlines():
            words = line.split()
            if words[0] == 'checksum':
                checksum = words[1]
            else:
                figures[' '.join(words[:-1])] = int(words[-1])
        return figures, checksum


    def parts(self, image, code):
        """The bytes of the image's code by what they are for; what has no name are strings and constants."""
        figures = {f'bytes of {part}': 0 for part, _ in PARTS}
        listing = output([self.facts['nm'], '--print-size', '--demangle', self.images[image]])
        for size, name in re.findall(r'^\w+ (\w+) [TtWwRr] (.*)$', listing, re.M):
            if re.match(r'row_', name):
                continue
            name = re.sub(r'^.*?ottava::(\(anonymous namespace\)::)?', '', name)
            part = next(part for part, pattern in PARTS if re.match(pattern, name))
            figures[f'bytes of {part}'] += int(size, 16)
        figures['bytes of words; constants; alignment'] = code - sum(figures.values())
        return figures


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
    if image in build.tests: # it tells by its status
        print(output(build.facts['emulator'].split(';') + [build.tests[image]]))
        return []
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


def markdown(cells):
    lines = ['| ' + ' | '.join(row) + ' |' for row in cells]
    return '\n'.join([lines[0], '|' + ' --- |' * len(cells[0])] + lines[1:])


def tables(known):
    """The tables of the document as {name: text}, of {(board, image, figure): number}."""
    def per_mac(board, image, call):
        return f'{known[board, image, call + " instructions"] / known[board, image, call + " macs"]:.2f}'

    boards = list(dict.fromkeys(board for board, _, _ in known))
    cores = [CORES[board] for board in boards]
    images = [['image', 'core', 'code and tables', 'weights and images', 'data', 'bss', 'stack', 'instructions per MAC']]
    calls, parts = [['call'] + cores], [['bytes of'] + cores]
    for image in dict.fromkeys(image for _, image, _ in known):
        figures = dict.fromkeys(figure for _, name, figure in known if name == image)
        names = [figure[:-5] for figure in figures if figure.endswith(' macs')]
        for board, core in zip(boards, cores):
            stack = max(known[board, image, name + ' stack'] for name in names)
            images.append([f'`{image}`', core]
                          + [str(known[board, image, kind]) for kind in ('code', 'network', 'data', 'bss')]
                          + [str(stack), per_mac(board, image, names[0]) if len(names) == 1 else 'below'])
        if len(names) > 1:
            calls += [[name] + [per_mac(board, image, name) for board in boards] for name in names]
        parts += [[figure[9:]] + [str(known[board, image, figure]) for board in boards]
                  for figure in figures if figure.startswith('bytes of ')]
    return {'images': markdown(images), 'parts': markdown(parts), 'calls': markdown(calls)}


def document(known):
    """The document, and the document with the tables of these figures."""
    with open(DOCUMENT, encoding='utf-8') as file:
        before = text = file.read()
    for name, table in tables(known).items():
        begin, end = f'<!-- firmware: {name} -->', f'<!-- firmware: end of {name} -->'
        head, rest = text.split(begin, 1)
        text = head + begin + '\n' + table + '\n' + end + rest.split(end, 1)[1]
    return before, text


def check_tables():
    before, after = document(read_table()[1])
    return [] if before == after else ['the tables of docs/firmware.md are not those of images.csv']


def measure(builds):
    return {(build.board, image, figure): value
            for build in builds for image in build.images for figure, value in build.run(image)[0].items()}


def write(builds):
    known = measure(builds)
    with open(TABLE, 'w', encoding='utf-8', newline='\n') as file:
        file.write(HEADER)
        for build in builds:
            file.write(f'# compiler of {build.board}: {build.compiler()}\n')
        for key, value in known.items():
            file.write(','.join(key) + f',{value}\n')
    text = document(known)[1]
    with open(DOCUMENT, 'w', encoding='utf-8', newline='\n') as file:
        file.write(text)


def main():
    verb, folders = sys.argv[1], sys.argv[2:]
    if verb == 'check':
        faults = check(Build(folders[0]), folders[1])
    elif verb == 'library':
        faults = check_library(Build(folders[0]))
    elif verb == 'tables':
        faults = check_tables()
    elif verb == 'document':
        faults = run_document(folders[0])
    else:
        builds = [Build(folder) for folder in folders]
        faults = []
        if verb == 'write':
            write(builds)
        else:
            print('\n\n'.join(tables(measure(builds)).values()))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


sys.exit(main())
