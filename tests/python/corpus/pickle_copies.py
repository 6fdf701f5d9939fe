"""Copies and pickles: depth, cycles, custom state, slots, and restricted loading."""

import copy
import io
import pickle
import weakref
from collections import OrderedDict, namedtuple
from datetime import date
from decimal import Decimal
from enum import Enum

Point = namedtuple("Point", "x y")


class Kind(Enum):
    A = 1


class Node:
    def __init__(self, name):
        self.name, self.links, self.cache = name, [], {"big": 1}

    def __getstate__(self):
        state = self.__dict__.copy()
        del state["cache"]
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.cache = None


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __reduce__(self):
        return Slotted, (self.a, self.b)


class Handle:
    def __init__(self, path):
        self.path = path

    def __copy__(self):
        return Handle(self.path + " (copy)")

    def __deepcopy__(self, memo):
        return Handle(self.path + " (deep)")


a, b = Node("a"), Node("b")
a.links.append(b)
b.links.append(a)
c = copy.deepcopy(a)
print(c is not a, c.links[0].links[0] is c, c.cache, copy.copy(a).links is a.links, copy.copy(Handle("x")).path, copy.deepcopy([Handle("x")])[0].path)
back = pickle.loads(pickle.dumps(a))
print(back.name, back.links[0].links[0] is back, back.cache)
values = [1, 2**100, -1.5, "é", b"x", None, True, (1, (2,)), {"k": [1]}, {1, 2}, frozenset("a"), Point(1, 2), Kind.A, date(2024, 3, 5), Decimal("1.10"), OrderedDict(a=1), 3 + 4j, range(3), slice(1, 2), len, Node, Exception("e", 1)]
for protocol in range(0, 6):
    loaded = pickle.loads(pickle.dumps(values, protocol))
    print(protocol, loaded[:-1] == values[:-1], loaded[-1].args, end="; ")
print()
shared = [1]
one, two = pickle.loads(pickle.dumps((shared, shared)))
print(one is two, pickle.loads(pickle.dumps(Slotted(1, [2]))).b, copy.deepcopy(Slotted(1, 2)).a)
for value in (lambda: 1, (n for n in ()), io.StringIO, open):
    try:
        pickle.dumps(value)
        print("fine", end=" ")
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        print("no", end=" ")
print()


class Restricted(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in {("datetime", "date"), ("__main__", "Point")}:
            raise pickle.UnpicklingError(f"{module}.{name} is forbidden")
        return super().find_class(module, name)


print(Restricted(io.BytesIO(pickle.dumps([date(2024, 1, 1), Point(3, 4)]))).load())
try:
    Restricted(io.BytesIO(pickle.dumps(Decimal(1)))).load()
except pickle.UnpicklingError as error:
    print(error)
try:
    pickle.loads(b"\x80\x04K\x01")
except EOFError as error:
    print(type(error).__name__)
file = io.BytesIO()
pickler = pickle.Pickler(file)
for item in ("one", {"two": 2}):
    pickler.dump(item)
file.seek(0)
print(pickle.load(file), pickle.load(file), file.read())
ref = weakref.ref(c)
print(ref() is c, weakref.getweakrefcount(c))
table = weakref.WeakValueDictionary(c=b)
print(table["c"] is b, len(table))
