"""Names at the top of a file that loops: what each means, and who may change it."""
from __future__ import annotations

import sys
from math import floor as down

limit: int = 3
total = 0
for i in range(limit):
    total += i
print("total", total, "last", i)

# A comprehension has its own names, and may read those of the file.
x = "outer"
squares = [x * total for x in range(4)]
print(squares, x)
pairs = {k: v for k, v in zip("abc", range(3)) if (seen := v) >= 0}
print(pairs, "seen", seen)


def bump(by=1):
    global total
    total += by
    local = i
    return local


def counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step


while total < 6:
    bump(2)
print("total", total)
step = counter()
print([step() for _ in range(3)])


class Account:
    limit = 10
    doubled = limit * 2
    ceiling = total

    def top(self):
        return limit


print(Account.limit, Account.doubled, Account.ceiling, Account().top())

# A builtin that is hidden and found again.
len = lambda value: "mine"
print(len([1, 2]))
del len
print(len([1, 2]))

for name in ["gone", "total"]:
    try:
        del globals()[name]
    except KeyError as error:
        print("no", error)
try:
    print(total)
except NameError as error:
    print(error)
try:
    del total
except NameError as error:
    print(error)
try:
    print(error)
except NameError as again:
    print(again)

exec("made = limit + 1")
print(made, sorted(n for n in globals() if n in ("limit", "made", "i")))
code = "for i in range(2): limit += i"
space = {"limit": 100}
exec(code, space)
print(space["limit"], limit)

match {"kind": "order", "lines": [1, 2]}:
    case {"kind": kind, "lines": [first, *rest]}:
        print(kind, first, rest)

numbers = [1, 2]
for numbers[0], (a, b) in [(5, (6, 7)), (8, (9, 10))]:
    pass
print(numbers, a, b)
with open(__file__) as file:
    head = file.readline()
print(head[:5], down(2.7), sys.modules["__main__"].limit, __annotations__)
