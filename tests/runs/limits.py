# Up to a limit, and past it.
import os, re, time
import selvage

n = selvage.args['n']


def files():
    os.makedirs('out', exist_ok=True)
    for i in range(n):
        open(f'out/{i}.txt', 'w').close()


def written():
    os.makedirs('out', exist_ok=True)
    for _ in range(n):
        with open('out/a.bin', 'wb') as file:
            file.write(bytes(100_000))


def stack(left):
    return 0 if left == 0 else 1 + stack(left - 1)


USES = {
    'fuel': lambda: sum(range(n)),
    'regexp': lambda: bool(re.match('(a+)+$', 'a' * n + 'b')),
    'memory': lambda: len([bytearray(100_000) for _ in range(n)]),
    'stack': lambda: stack(n),
    'output': lambda: [print('y' * 1_000) for _ in range(n)] and n,
    'result': lambda: 'z' * n,
    'files': files,
    'written': written,
    'calls': lambda: [os.path.exists('data') for _ in range(n)] and n,
    'wall': lambda: time.sleep(n / 1000),
}
USES[selvage.args['of']]()
