# What a script does to files, and what it may not.
import csv, glob, json, os, pathlib, shutil, tempfile
import selvage


def write(path, text, mode='w'):
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, mode) as file:
        return file.write(text)


def append():
    with open('data/in.txt', 'a') as file:
        file.write('drei\n')
    return pathlib.Path('data/in.txt').read_text()


def seek():
    with open('data/in.txt', 'r+b') as file:
        file.seek(2)
        file.write(b'XX')
        file.seek(0)
        return file.read()


def table():
    write('out/t.csv', '')
    with open('out/t.csv', 'w', newline='') as file:
        csv.writer(file).writerows([['a', 1], ['b,"', None]])
    with open('out/t.csv', newline='') as file:
        return list(csv.reader(file))


def tree():
    for n in range(12):
        write(f'out/many/{n % 3}/{n}.txt', str(n))
    return sorted(glob.glob('out/many/**/*.txt', recursive=True))


def left_open():
    os.makedirs('out', exist_ok=True)
    selvage.kept = open('out/open.txt', 'w')
    selvage.kept.write('left open')


DOES = {
    'write': lambda: write('out/a.txt', 'grün\n'),
    'bytes': lambda: write('out/a.bin', b'\x00\xff\n', 'wb'),
    'exclusive': lambda: write('data/in.txt', 'x', 'x'),
    'append': append,
    'seek': seek,
    'table': table,
    'tree': tree,
    'left_open': left_open,
    'read': lambda: open('data/in.txt').read(),
    'lines': lambda: open('data/in.txt').readlines(),
    'binary': lambda: open('data/in.txt', 'rb').read(),
    'json': lambda: json.load(open('data/value.json')),
    'broken_json': lambda: json.load(open('data/in.txt')),
    'missing': lambda: open('data/nothing.txt'),
    'folder': lambda: open('data'),
    'list': lambda: sorted(os.listdir('data')),
    'walk': lambda: [[top, sorted(folders), sorted(files)] for top, folders, files in os.walk('data')],
    'stat': lambda: [os.stat('data/in.txt').st_size, os.path.isdir('data'), os.path.exists('nowhere')],
    'mkdir': lambda: os.mkdir('out'),
    'mkdir_twice': lambda: [os.mkdir('out'), os.mkdir('out')],
    'rename': lambda: os.rename('data/in.txt', 'data/out.txt'),
    'move': lambda: shutil.move('data', 'moved'),
    'copy': lambda: shutil.copytree('data', 'out'),
    'remove': lambda: os.remove('data/in.txt'),
    'rmdir_full': lambda: os.rmdir('data'),
    'rmtree': lambda: shutil.rmtree('data'),
    'escape': lambda: write('../escape.txt', 'x'),
    'absolute': lambda: write('/out/a.txt', 'x'),
    'records': lambda: write('runs/forged.json', '{}'),
    'symlink': lambda: os.symlink('data/in.txt', 'link'),
    'temporary': lambda: tempfile.TemporaryFile().write(b'x'),
    'unicode': lambda: write('out/grün 🙂.txt', 'x'),
    'cwd': lambda: [os.getcwd(), pathlib.Path('data').resolve().name],
}
DOES[selvage.args['do']]()
