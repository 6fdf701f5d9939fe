# What a script says.
import logging, pprint, sys
import selvage

log = logging.getLogger('flow')


def levels():
    for level in ['debug', 'info', 'warning', 'error', 'critical']:
        getattr(log, level)('%s of %d', level, 5)


def exception():
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception('caught')


SAYS = {
    'print': lambda: print('a', 1, None, [1.5], sep='|', end='!\n'),
    'levels': levels,
    'exception': exception,
    'stderr': lambda: print('bad', file=sys.stderr),
    'partial': lambda: sys.stdout.write('no end of line'),
    'lines': lambda: print('one\ntwo\n\nthree'),
    'unicode': lambda: print('grün 🙂 \u202e'),
    'many': lambda: [print('line', i) for i in range(200)] and None,
    'long': lambda: print('x' * 30_000),
    'pretty': lambda: pprint.pprint({'b': [1] * 30, 'a': {'c': 'x' * 90}}),
    'empty': lambda: print(),
}
SAYS[selvage.args['how']]()
