"""Containers of every kind at work: sets, dicts, slices, unpacking, comprehensions, arrays, views."""

import array
import collections.abc
import types
from collections import UserDict, UserList, defaultdict

stock = {"bolt": 40, "nut": 100, "gear": 0}
wanted = {"nut": 30, "gear": 2, "belt": 1}
print(sorted(stock.keys() & wanted.keys()), sorted(wanted.keys() - stock.keys()), stock | {"belt": 5}, {**wanted, "x": 1}["x"])
print({name: count for name, count in stock.items() if count}, {count: name for name, count in stock.items()}[100], dict(zip("ab", range(2))), dict.fromkeys("ab", 0))
for name, count in sorted(wanted.items(), key=lambda item: (-item[1], item[0])):
    stock[name] = stock.get(name, 0) - count
print(stock, stock.pop("belt"), stock.setdefault("cog", []), stock.popitem(), list(reversed(stock)), min(stock, key=stock.get))
a, b = {1, 2, 3}, frozenset({3, 4})
print(a | b, a & b, a - b, a ^ b, a <= {1, 2, 3, 4}, a.isdisjoint({9}), {frozenset(): 1}, sorted(a.symmetric_difference(b)))
a |= {7}
a.discard(99)
print(a, len(a), {x % 3 for x in range(10)}, set("hello") == set("olleh"))

numbers = list(range(10))
numbers[2:5] = [20, 30]
numbers[::4] = [0] * len(numbers[::4])
del numbers[-2:]
print(numbers, numbers[::-1], numbers[-3:], numbers.index(30), numbers.count(0))
numbers.sort(key=lambda n: (n % 2, -n))
first, *middle, last = numbers
print(first, middle, last, sorted(["b", "A", "c"], key=str.lower), sorted([(1, "b"), (1, "a")]), [*range(3), *"ab"])
(x, y), z = (1, 2), 3
x, y = y, x
print(x, y, z, [[row[i] for row in ((1, 2), (3, 4))] for i in range(2)], [(i, j) for i in range(3) for j in range(i)], list(zip(*[(1, 2), (3, 4)])))
print(all(n < 99 for n in numbers), any([]), sum([[1], [2]], []), list(enumerate("ab", 1)), list(map(max, [1, 5], [3, 2])), divmod(7, 3), list(filter(None, [0, 1, None, 2])))
grid = [[0] * 3 for _ in range(2)]
grid[0][1] = 5
print(grid, [0] * 2 == [0, 0], [[]] * 2, (1,) + (2,), (1, 2) < (1, 3), [1, 2] < [1, 2, 0], max([], default="none"))


class Bag(UserDict):
    def __missing__(self, key):
        return f"no {key}"

    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


class Unique(UserList):
    def append(self, item):
        if item not in self:
            super().append(item)


class Deck(collections.abc.MutableSequence):
    def __init__(self, items=()):
        self.items = list(items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, value):
        self.items[i] = value

    def __delitem__(self, i):
        del self.items[i]

    def __len__(self):
        return len(self.items)

    def insert(self, i, value):
        self.items.insert(i, value)


bag = Bag({"A": 1}, B=2)
print(bag, bag["q"], "a" in bag, dict(bag))
unique = Unique([1])
for item in (1, 2, 2):
    unique.append(item)
deck = Deck("abc")
deck.append("d")
deck.extend("ef")
deck.reverse()
deck.remove("c")
print(unique, unique + [5], list(deck), deck.pop(), deck.index("b"), "f" in deck, isinstance(deck, collections.abc.Sequence))
values = array.array("i", [1, 2, 3])
values.append(2**20)
print(values, values.itemsize, array.array("d", [0.5]).tobytes().hex(), values.tolist()[-1])
view = memoryview(bytearray(b"abcdef"))
view[1:3] = b"XY"
print(bytes(view), view[::2].tolist(), view.nbytes, len(view.cast("H")))
tree = lambda: defaultdict(tree)
root = tree()
root["a"]["b"]["c"] = 1
print(root["a"]["b"]["c"], "z" in root, list(root), types.SimpleNamespace(x=1, y=[2]))
for wrong in (lambda: {}["a"], lambda: [][0], lambda: {[]: 1}, lambda: (1,).append(2), lambda: [1, 2, 3].index(9), lambda: dict([1]), lambda: values.append("x"), lambda: next(iter(()))):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, end=" ")
print()
