# Price rules of a shop: closures, lambdas, nested functions, nonlocal, default arguments, *args and **kwargs.

from functools import partial, reduce
from operator import itemgetter

ITEMS = [
    dict(name='bolt', price=1.2, count=100, tags=('metal', 'small')),
    dict(name='drill', price=89.0, count=1, tags=('tool',)),
    dict(name='glue', price=4.5, count=3, tags=('small', 'chemical')),
]


def percent(rate, when=lambda item: True, *, name=None):
    def rule(item, total):
        return total * (1 - rate / 100.0) if when(item) else total
    rule.__name__ = name or '%g%% off' % rate
    return rule


def bulk(steps):
    def rule(item, total):
        best = max([rate for least, rate in steps if item['count'] >= least] or [0])
        return total - total * best / 100
    return rule


def capped(rule, most):
    saved = 0

    def wrapper(item, total):
        nonlocal saved
        after = rule(item, total)
        if saved + total - after > most:
            after = total - (most - saved)
        saved += total - after
        return after
    wrapper.saved = lambda: round(saved, 2)
    return wrapper


def has_tag(*tags):
    return lambda item: any(tag in item['tags'] for tag in tags)


cap = capped(percent(50, has_tag('tool')), 20)
RULES = [bulk([(10, 5), (100, 12)]), percent(10, has_tag('small'), name='small things'), cap]


def price(item, *rules, round_to=2, **options):
    total = reduce(lambda total, rule: rule(item, total), rules, item['price'] * item['count'])
    if options.get('vat'):
        total *= 1 + options['vat']
    return round(total, round_to)


for item in sorted(ITEMS, key=itemgetter('price'), reverse=True):
    print('%-6s %8.2f %8.2f' % (item['name'], price(item), price(item, *RULES, **{'vat': 0.19})))
print(cap.saved(), RULES[1].__name__, percent(7.5).__name__)

# Late binding, and the way around it.
print([f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]])


def collect(item, into=[]):
    into.append(item)
    return into


print(collect(1), collect(2), collect(3, []), collect.__defaults__)


def signature(a, b=2, *args, c, d=4, **kwargs):
    return a, b, args, c, d, kwargs


print(signature(1, c=3), signature(1, 5, 6, 7, c=3, e=9), signature(*[1, 2], **{'c': 3}))
for wrong in ('signature(1)', 'signature(1, c=2, a=3)', 'signature(c=1)', 'len()', 'len(1, 2)', 'percent(1, name=2, nope=3)'):
    try:
        eval(wrong)
    except TypeError as error:
        print('TypeError', end=' ')
print()


def counter():
    count = 0

    def up(by=1):
        nonlocal count
        count += by
        return count

    def reset():
        nonlocal count
        count = 0
    up.reset = reset
    return up


one, two = counter(), counter()
print(one(), one(5), two(), one.reset(), one(), one.__closure__[0].cell_contents)
compose = lambda *fs: reduce(lambda f, g: lambda x: f(g(x)), fs)
print(compose(str, abs, int)('-5'), list(map(partial(pow, 2), range(5))), (lambda *a, **k: (a, k))(1, x=2), max('apple', 'fig', key=len))
x = 'global'


def scopes():
    x = 'outer'

    class Body:
        y = x
        x = 'class'
        seen = [x for _ in range(1)]
    return Body.y, Body.x, Body.seen


print(scopes(), [x := 5, x + 1][1], x, (lambda: (yield))().__class__.__name__)
