# A value of each kind: what can leave a run, and what can't.
import datetime, decimal, enum, fractions, pathlib, uuid
from dataclasses import dataclass
import selvage


@dataclass
class Point:
    x: int
    y: float


class Colour(enum.Enum):
    RED = 'red'


def cycle():
    one = []
    one.append(one)
    return one


VALUES = {
    'none': lambda: None,
    'true': lambda: True,
    'integer': lambda: 42,
    'large': lambda: 12345678901234567890,
    'huge': lambda: -(2**200),
    'float': lambda: 0.1 + 0.2,
    'tiny': lambda: 5e-324,
    'minus_zero': lambda: -0.0,
    'nan': lambda: float('nan'),
    'infinity': lambda: [float('inf'), float('-inf')],
    'complex': lambda: 1 + 2j,
    'empty': lambda: '',
    'text': lambda: 'grün 🙂 \u2028 "\\\n\t\x00',
    'surrogate': lambda: 'a\ud800b',
    'long': lambda: 'x' * 50_000,
    'bytes': lambda: b'\x00\x01\xfe\xff',
    'bytearray': lambda: bytearray(b'abc'),
    'list': lambda: [1, 'a', None, [2]],
    'tuple': lambda: (1, (2, 3)),
    'set': lambda: sorted({3, 1, 2}),
    'frozen': lambda: frozenset([1]),
    'dict': lambda: {'b': 1, 'a': {'c': [2]}},
    'keys': lambda: {1: 'one', None: 'none', (1, 2): 'pair'},
    'date': lambda: datetime.date(1970, 1, 2),
    'datetime': lambda: datetime.datetime(1970, 1, 2, 3, 4, 5, 6, datetime.timezone.utc),
    'delta': lambda: datetime.timedelta(days=1, milliseconds=5),
    'decimal': lambda: decimal.Decimal('10.10'),
    'fraction': lambda: fractions.Fraction(1, 3),
    'uuid': lambda: uuid.UUID(int=7),
    'path': lambda: pathlib.Path('data/in.txt'),
    'dataclass': lambda: Point(1, 2.5),
    'enum': lambda: Colour.RED,
    'range': lambda: range(3),
    'generator': lambda: (n for n in range(3)),
    'error': lambda: ValueError('as a value'),
    'function': lambda: cycle,
    'object': object,
    'cycle': cycle,
    'deep': lambda: eval('[' * 60 + ']' * 60),
}
VALUES[selvage.args['of']]()
