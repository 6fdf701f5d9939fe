"""Converts units by a graph of factors, parses quantities, and checks dimensions; operators and total ordering."""

from __future__ import annotations

import re
from collections import deque
from functools import total_ordering
from typing import ClassVar

FACTORS = {
    ("km", "m"): 1000, ("m", "cm"): 100, ("in", "cm"): 2.54, ("ft", "in"): 12, ("mi", "ft"): 5280,
    ("kg", "g"): 1000, ("lb", "g"): 453.59237, ("h", "min"): 60, ("min", "s"): 60, ("d", "h"): 24,
}


class UnitError(ValueError):
    """Units that do not go together."""


def edges():
    graph: dict[str, dict[str, float]] = {}
    for (a, b), factor in FACTORS.items():
        graph.setdefault(a, {})[b] = factor
        graph.setdefault(b, {})[a] = 1 / factor
    return graph


GRAPH = edges()


def factor(source: str, target: str) -> float:
    queue, seen = deque([(source, 1.0)]), {source}
    while queue:
        unit, product = queue.popleft()
        if unit == target:
            return product
        for neighbour, step in GRAPH.get(unit, {}).items():
            if neighbour not in seen:
                seen.add(neighbour)
                queue.append((neighbour, product * step))
    raise UnitError(f"no way from {source} to {target}")


@total_ordering
class Quantity:
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)\s*([a-z]+)\s*")

    def __init__(self, value: float, unit: str) -> None:
        if unit not in GRAPH:
            raise UnitError(f"unknown unit {unit!r}")
        self.value, self.unit = value, unit

    @classmethod
    def parse(cls, text: str) -> Quantity:
        total = None
        at = 0
        while at < len(text):
            match = cls.pattern.match(text, at)
            if match is None:
                raise UnitError(f"can't read {text[at:]!r}")
            part = cls(float(match[1].replace(",", ".")), match[2])
            total = part if total is None else total + part
            at = match.end()
        if total is None:
            raise UnitError("nothing to read")
        return total

    def to(self, unit: str) -> Quantity:
        return Quantity(self.value * factor(self.unit, unit), unit)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.value + other.to(self.unit).value, self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return self + other * -1

    def __mul__(self, by: float) -> Quantity:
        return Quantity(self.value * by, self.unit)

    __rmul__ = __mul__

    def __truediv__(self, other: Quantity | float) -> float | Quantity:
        return self.value / other.to(self.unit).value if isinstance(other, Quantity) else self * (1 / other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and abs(self.value - other.to(self.unit).value) < 1e-9

    def __lt__(self, other: Quantity) -> bool:
        return self.value < other.to(self.unit).value

    def __str__(self) -> str:
        return f"{self.value:.6g} {self.unit}"

    def __repr__(self) -> str:
        return f"Quantity.parse({str(self)!r})"


Q = Quantity.parse
print(Q("5 km").to("m"), Q("1 mi").to("km"), Q("6 ft 2 in").to("cm"), Q("1,5 h 30 min"), Q("2 d").to("s"))
print(Q("1 h") + Q("90 min"), Q("1 km") - Q("250 m"), 3 * Q("2 kg"), Q("1 km") / Q("1 mi"), Q("10 m") / 4)
print(Q("100 cm") == Q("1 m"), Q("1 lb") < Q("500 g"), max(Q("1 km"), Q("1 mi"), Q("5000 ft")), sorted([Q("1 ft"), Q("30 cm"), Q("1 in")]))
print(eval(repr(Q("3 kg"))) == Q("3000 g"), sum([Q("1 m"), Q("2 m")], Q("0 m")))
for text in ("5 parsec", "km", "", "5 km 3", "1 kg 1 m"):
    try:
        print(Q(text))
    except UnitError as error:
        print(type(error).__name__, error)
