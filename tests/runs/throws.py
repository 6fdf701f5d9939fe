# The ways in which a script fails by itself.
import asyncio, sys, warnings
import selvage


def plain():
    raise Exception('plain')


def chained():
    try:
        {}['a']
    except KeyError as error:
        raise ValueError('outer') from error


def during():
    try:
        1 / 0
    except ZeroDivisionError:
        raise TypeError('while handling')


def nested():
    def deep():
        raise LookupError('deep')
    return deep()


class Mine(Exception):
    def __str__(self):
        return 'of my own'


def mine():
    raise Mine()


def awkward():
    class Awkward(Exception):
        def __str__(self):
            raise RuntimeError('no words')
    raise Awkward()


def group():
    raise ExceptionGroup('some', [ValueError('a'), TypeError('b')])


def late():
    async def fails():
        await asyncio.sleep(0.005)
        raise OSError('late')
    asyncio.run(fails())


def gathered():
    async def fails(n):
        await asyncio.sleep(0)
        raise ValueError(n)
    async def both():
        return await asyncio.gather(fails(1), fails(2), return_exceptions=True)
    return [str(one) for one in asyncio.run(both())]


def written():
    with open('out-never.txt', 'w') as file:
        file.write('x')
    raise Exception('after a write')


def caught():
    try:
        raise KeyError('a')
    except KeyError as error:
        return [type(error).__name__, error.args]


def asserts():
    assert selvage.args['how'] == 'other', 'not so'


def exits(code):
    return lambda: sys.exit(code)


HOWS = {
    'plain': plain, 'chained': chained, 'during': during, 'nested': nested, 'mine': mine, 'awkward': awkward, 'group': group, 'late': late,
    'gathered': gathered, 'written': written, 'caught': caught, 'asserts': asserts, 'exit0': exits(0), 'exit3': exits(3), 'exit_text': exits('bye'),
    'zero': lambda: 1 / 0, 'index': lambda: [][0], 'key': lambda: {}['a'], 'name': lambda: undeclared, 'attribute': lambda: None.x, 'type': lambda: 1 + 'a',
    'value': lambda: int('x'), 'import': lambda: __import__('nowhere'), 'decode': lambda: b'\xff'.decode(), 'recursion': lambda: (lambda f: f(f))(lambda f: f(f)),
    'interrupt': lambda: (_ for _ in ()).throw(KeyboardInterrupt()), 'stop': lambda: next(iter([])), 'warns': lambda: warnings.warn('mind this'), 'unicode': lambda: (_ for _ in ()).throw(Exception('grün 🙂')),
}
HOWS[selvage.args['how']]()
