"""Puzzles by search: sudoku, queens, a knapsack, subsets, change, with sets, memo tables and backtracking."""

from functools import cache
from itertools import combinations, permutations

GRID = """
53..7....
6..195...
.98....6.
8...6...3
4..8.3..1
7...2...6
.6....28.
...419..5
....8..79
"""


def solve(cells):
    try:
        at = cells.index(0)
    except ValueError:
        return cells
    row, column = divmod(at, 9)
    box = 27 * (row // 3) + 3 * (column // 3)
    used = set(cells[9 * row : 9 * row + 9]) | set(cells[column::9]) | {cells[box + 9 * r + c] for r in range(3) for c in range(3)}
    for digit in sorted(set(range(1, 10)) - used):
        if found := solve(cells[:at] + [digit] + cells[at + 1 :]):
            return found
    return None


def queens(n):
    for columns in permutations(range(n)):
        if len({c + r for r, c in enumerate(columns)}) == len({c - r for r, c in enumerate(columns)}) == n:
            yield columns


@cache
def change(amount, coins=(50, 20, 10, 5, 2, 1)):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    return change(amount - coins[0], coins) + change(amount, coins[1:])


def knapsack(items, room):
    best = [(0, ())] * (room + 1)
    for name, weight, value in items:
        for left in range(room, weight - 1, -1):
            total, names = best[left - weight]
            best[left] = max(best[left], (total + value, names + (name,)))
    return best[room]


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(previous + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def life(cells, steps):
    for _ in range(steps):
        near = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        near[x + dx, y + dy] = near.get((x + dx, y + dy), 0) + 1
        cells = {cell for cell, count in near.items() if count == 3 or count == 2 and cell in cells}
    return cells


def sieve(limit):
    flags = bytearray([1]) * (limit + 1)
    flags[:2] = b"\0\0"
    for n in range(2, int(limit**0.5) + 1):
        if flags[n]:
            flags[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n, flag in enumerate(flags) if flag]


solved = solve([int(c) if c != "." else 0 for c in GRID if c not in "\n"])
for start in range(0, 27, 9):
    print(*solved[start : start + 9], sep="")
print(sum(1 for _ in queens(6)), next(queens(7)))
print(change(200), change.cache_info().misses > 100)
print(knapsack([("map", 9, 150), ("water", 15, 30), ("tent", 20, 100), ("coat", 4, 60)], 30))
print(edit_distance("kitten", "sitting"), edit_distance("", "abc"), sorted(life({(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}, 4)))
print(sieve(60), len(sieve(20000)))
print([pair for pair in combinations((3, 9, 8, 4, 5, 7, 10), 3) if sum(pair) == 15])


def hanoi(n, a="A", b="B", c="C"):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)


print(" ".join(hanoi(3)), sum(1 for _ in hanoi(10)), [n for n in range(1, 500) if n == sum(d for d in range(1, n) if n % d == 0)])
