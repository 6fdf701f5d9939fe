"""Prints tables: alignment by kind, wrapping of cells, borders, Markdown and CSV output, from dicts and objects."""

import shutil
import textwrap
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from itertools import zip_longest
from pprint import pformat, pprint


@dataclass
class Sale:
    day: date
    product: str
    amount: float
    note: str | None = None


SALES = [
    Sale(date(2024, 3, 5), "bolt, hex", 1234.5),
    Sale(date(2024, 3, 6), "nut", 7, "a long note that does not fit into one line of its cell"),
    Sale(date(2024, 12, 24), "gear|cog", -0.25, ""),
]


def cells(rows):
    rows = [asdict(row) if is_dataclass(row) else row for row in rows]
    head = list(dict.fromkeys(key for row in rows for key in row))
    return head, [[row.get(key) for key in head] for row in rows]


def show(value):
    match value:
        case None:
            return "-"
        case float() | int():
            return f"{value:,.2f}"
        case date():
            return f"{value:%d %b %y}"
        case _:
            return str(value)


def table(rows, width=18):
    head, body = cells(rows)
    right = [all(isinstance(row[n], (int, float, type(None))) for row in body) for n in range(len(head))]
    wrapped = [[textwrap.wrap(show(value), width) or [""] for value in row] for row in [head, *body]]
    sizes = [max(len(line) for row in wrapped for line in row[n]) for n in range(len(head))]
    rule = "+".join("-" * (size + 2) for size in sizes)
    for index, row in enumerate(wrapped):
        for lines in zip_longest(*row, fillvalue=""):
            parts = (f"{line:>{size}}" if r else f"{line:<{size}}" for line, size, r in zip(lines, sizes, right))
            yield (" " + " | ".join(parts)).rstrip()
        if index == 0:
            yield rule


def markdown(rows):
    head, body = cells(rows)
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in body:
        yield "| " + " | ".join(show(value).replace("|", "\\|") for value in row) + " |"


print("\n".join(table(SALES)))
print("\n".join(markdown(SALES[2:])))
print("\n".join(table([{"a": 1}, {"b": "x"}])))
nested = {"name": "deep", "items": [{"id": n, "values": list(range(n * 4))} for n in range(1, 4)], "set": {3}, "text": "word " * 20}
pprint(nested, width=60)
pprint(nested, depth=1, compact=True)
print(pformat({"b": 1, "a": (1,)}, sort_dicts=True), pformat([1] * 5, width=8).count("\n"), pformat("x"))
print(shutil.get_terminal_size((80, 24)).columns > 0, "=" * 20, "\t".join("abc").expandtabs(4), "title".center(21, "*"))
bar = lambda value, most, width=20: "█" * round(width * value / most) + "·" * (width - round(width * value / most))
for name, value in (("bolt", 70), ("nut", 35), ("gear", 0)):
    print(f"{name:<5}{bar(value, 70)} {value:>3}")
print(textwrap.TextWrapper(width=20, max_lines=2, placeholder="…").fill("one two three four five six seven eight nine ten"))
