"""Reports over rows with itertools, functools and operator, as a data person writes them."""

import itertools as it
import operator as op
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from functools import cmp_to_key, partial, reduce, total_ordering

ROWS = [
    ("north", "bolt", 2023, 10), ("south", "bolt", 2023, 4), ("north", "nut", 2024, 7),
    ("south", "nut", 2023, 1), ("north", "bolt", 2024, 12), ("west", "gear", 2024, 3),
]

for region, group in it.groupby(sorted(ROWS), key=op.itemgetter(0)):
    rows = list(group)
    print(region, sum(map(op.itemgetter(3), rows)), [product for product, _ in it.groupby(row[1] for row in rows)])

pivot = defaultdict(Counter)
for region, product, year, amount in ROWS:
    pivot[product][year] += amount
for product, years in pivot.items():
    print(product, dict(years), years.most_common(1), years.total())
print(list(it.accumulate((row[3] for row in ROWS), max)), list(it.accumulate([1, 2, 3], op.mul, initial=10)))
print(list(it.pairwise("abcd")), list(it.zip_longest("ab", "xyz", fillvalue="-")), list(it.chain.from_iterable(["ab", "c"])))
print(list(it.product("ab", (1, 2))), len(list(it.permutations(range(5), 3))), list(it.combinations("abc", 2)), list(it.combinations_with_replacement("ab", 2)))
print(list(it.takewhile(lambda n: n < 3, it.count(1))), list(it.dropwhile(str.isupper, "ABcD")), list(it.filterfalse(None, [0, 1, ""])), list(it.compress("abcd", [1, 0, 1])))
print(list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.islice(it.cycle("ab"), 1, 6, 2)), list(it.repeat("x", 2)))
left, right = it.tee(iter("xy"))
print(next(left), list(right), list(left))

print(reduce(op.or_, [{1}, {2}, {3}]), reduce(lambda a, b: a * 10 + b, [1, 2, 3]), partial(int, base=2)("101"))
print(sorted(ROWS, key=lambda row: (-row[2], row[3]))[0], max(ROWS, key=op.itemgetter(3))[1], sorted("bca", key=cmp_to_key(lambda a, b: (a < b) - (a > b))))
print(op.attrgetter("real", "imag")(3 + 4j), op.methodcaller("split", ",")("a,b"), op.itemgetter(1, 3)("abcd"), op.contains([1], 1), op.index(True))


@total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts

    def __repr__(self):
        return ".".join(map(str, self.parts))


print(sorted(map(Version, ["1.10", "1.2", "1.2.1"])), Version("1.0") >= Version("0.9"), Version("1") != Version("1"))
settings = ChainMap({"debug": True}, {"debug": False, "port": 80})
print(settings["debug"], settings["port"], dict(settings.new_child({"port": 8080})), list(settings.maps[1]))
queue = deque([1, 2, 3], maxlen=3)
queue.append(4)
queue.appendleft(0)
queue.rotate(1)
print(queue, queue.pop(), queue.index(0), list(reversed(queue)))
ordered = OrderedDict.fromkeys("cab")
ordered.move_to_end("c")
print(list(ordered), ordered.popitem(last=False), Counter("abca") - Counter("ab"), Counter(a=1) | Counter(a=3, b=1), sorted(Counter("aab").elements()))
