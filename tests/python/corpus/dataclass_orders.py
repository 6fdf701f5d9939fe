"""Orders as dataclasses: defaults, order, slots, post init, replace, inheritance, keyword only fields."""

from __future__ import annotations

import dataclasses
from dataclasses import KW_ONLY, InitVar, dataclass, field
from decimal import Decimal
from typing import ClassVar, Optional


@dataclass(order=True, frozen=True)
class Priority:
    level: int
    label: str = field(compare=False, default="normal")


@dataclass(slots=True)
class Line:
    sku: str
    price: Decimal
    count: int = 1

    @property
    def total(self) -> Decimal:
        return self.price * self.count


@dataclass
class Order:
    vat: ClassVar[Decimal] = Decimal("0.19")
    number: int
    lines: list[Line] = field(default_factory=list)
    _: KW_ONLY
    note: Optional[str] = None
    discount: InitVar[Decimal] = Decimal(0)
    net: Decimal = field(init=False)
    history: list[str] = field(default_factory=list, repr=False, compare=False, metadata={"private": True})

    def __post_init__(self, discount: Decimal) -> None:
        if not 0 <= discount < 1:
            raise ValueError(f"a discount of {discount}")
        self.net = sum((line.total for line in self.lines), Decimal(0)) * (1 - discount)
        self.history.append("made")

    @property
    def gross(self) -> Decimal:
        return (self.net * (1 + self.vat)).quantize(Decimal("0.01"))


@dataclass
class Express(Order):
    hours: int = field(default=24, kw_only=True)


order = Order(7, [Line("bolt", Decimal("1.20"), 10), Line("nut", Decimal("0.35"))], discount=Decimal("0.1"))
print(order)
print(order.gross, order.history, [f.name for f in dataclasses.fields(order)])
print(dataclasses.asdict(order)["lines"][1], dataclasses.astuple(order.lines[0]))
print(dataclasses.replace(order.lines[0], count=3), order.lines[0] == Line("bolt", Decimal("1.2"), 10))
print(sorted([Priority(3), Priority(1, "urgent"), Priority(2)]), Priority(1) == Priority(1, "other"), hash(Priority(1)) == hash(Priority(1, "x")))

for act in (
    lambda: setattr(Priority(1), "level", 2),
    lambda: setattr(order.lines[0], "colour", "red"),
    lambda: Order(1, [], "a note"),
    lambda: Order(1, discount=Decimal(2)),
):
    try:
        act()
    except Exception as error:
        print(type(error).__name__)
express = Express(8, hours=4, note="fragile")
print(express, isinstance(express, Order), dataclasses.fields(Express)[-1].name)
print(dataclasses.fields(Order)[-1].metadata["private"], dataclasses.is_dataclass(Order), dataclasses.is_dataclass(order))
Point = dataclasses.make_dataclass("Point", [("x", int), ("y", int, field(default=0))], namespace={"norm": lambda self: self.x**2 + self.y**2})
print(Point(3), Point(3, 4).norm(), Point.__match_args__)
match Point(0, 5):
    case Point(0, y):
        print("on the axis at", y)
