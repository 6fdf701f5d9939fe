"""Routes and dependencies: Dijkstra, breadth first, topological order, union-find, cycles."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

ROADS = {"A": {"B": 4, "C": 1}, "B": {"D": 5}, "C": {"B": 2, "D": 8, "E": 10}, "D": {"E": 2}, "E": {}, "F": {}}


def dijkstra(graph, start):
    best, previous, heap = {start: 0}, {}, [(0, start)]
    while heap:
        cost, node = heappop(heap)
        if cost > best[node]:
            continue
        for neighbour, weight in graph[node].items():
            if cost + weight < best.get(neighbour, float("inf")):
                best[neighbour] = cost + weight
                previous[neighbour] = node
                heappush(heap, (cost + weight, neighbour))
    return best, previous


def route(previous, end):
    path = [end]
    while path[-1] in previous:
        path.append(previous[path[-1]])
    return path[::-1]


class Union:
    def __init__(self, items):
        self.parent = {item: item for item in items}

    def find(self, item):
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self.parent[b] = a
        return True


def maze(text):
    rows = text.splitlines()
    start, end = (next((r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == mark) for mark in "SE")
    queue, seen = deque([(start, 0)]), {start}
    while queue:
        (r, c), steps = queue.popleft()
        if (r, c) == end:
            return steps
        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            there = (r + dr, c + dc)
            if rows[there[0]][there[1]] != "#" and there not in seen:
                seen.add(there)
                queue.append((there, steps + 1))


best, previous = dijkstra(ROADS, "A")
print(best, route(previous, "E"), "F" in best)
edges = sorted((weight, a, b) for a, ends in ROADS.items() for b, weight in ends.items())
union = Union(ROADS)
print([(a, b) for weight, a, b in edges if union.join(a, b)], len({union.find(node) for node in ROADS}))
print(maze("#######\n#S  # #\n# # # #\n# #  E#\n#######"))

tasks = {"deploy": {"test", "build"}, "test": {"build"}, "build": {"fetch"}, "docs": {"fetch"}}
print(list(TopologicalSorter(tasks).static_order())[0])
sorter = TopologicalSorter(tasks)
sorter.prepare()
waves = []
while sorter.is_active():
    ready = sorted(sorter.get_ready())
    waves.append(ready)
    sorter.done(*ready)
print(waves)
try:
    list(TopologicalSorter({"a": ["b"], "b": ["a"]}).static_order())
except CycleError as error:
    print(error.args[0], sorted(set(error.args[1])))
grades = []
for score in (70, 99, 55, 83):
    insort(grades, score)
print(grades, bisect_left(grades, 70), bisect_right(grades, 70), "FDCBA"[bisect_right([60, 70, 80, 90], 83)], bisect_left(["a", "bb"], 2, key=len))
