"""Cleans the answer of an API: hooks, encoders, sorting, paths, lines of JSON, and what goes wrong."""

import json
from collections import OrderedDict
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

RAW = """{"items": [{"id": 7, "price": 19.90, "tags": ["a", null], "at": "2024-03-05T10:00:00"},
 {"id": 8, "price": 1e3, "name": "Caf\\u00e9 \\ud83d\\ude00", "deep": {"on": true, "x": -0.0}}], "next": null}"""


@dataclass
class Item:
    id: int
    price: Decimal
    day: date


class Encoder(json.JSONEncoder):
    def default(self, value):
        if is_dataclass(value):
            return asdict(value)
        if isinstance(value, (set, frozenset)):
            return sorted(value)
        if isinstance(value, (date, datetime)):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        return super().default(value)


def walk(value, path="$"):
    match value:
        case dict():
            for key, inner in value.items():
                yield from walk(inner, f"{path}.{key}")
        case list():
            for index, inner in enumerate(value):
                yield from walk(inner, f"{path}[{index}]")
        case _:
            yield path, value


data = json.loads(RAW, parse_float=Decimal)
for path, value in walk(data):
    print(path, repr(value))
print(json.dumps(json.loads(RAW), sort_keys=True, separators=(",", ":")))
print(json.dumps(json.loads(RAW)["items"][1], indent=2, ensure_ascii=False))
print(json.dumps({"i": Item(1, Decimal("2.50"), date(2024, 3, 5)), "s": {3, 1}, 5: None, True: 1.0}, cls=Encoder))
print(json.loads('{"b": 1, "a": 2, "b": 3}', object_pairs_hook=OrderedDict) == OrderedDict(b=3, a=2), json.loads('{"b":1,"b":2}', object_pairs_hook=list))
print(json.loads('{"$date": "2024-03-05"}', object_hook=lambda d: date.fromisoformat(d["$date"]) if "$date" in d else d))

for text in ('{"a": }', '[1, 2', '{"a": 1} x', "{'a': 1}", "", '"\n"', "nul"):
    try:
        print(json.loads(text))
    except json.JSONDecodeError as error:
        print(f"{text!r:<12} line {error.lineno} column {error.colno}")
for value in ({1, 2}, float("nan"), {(1, 2): 3}, object):
    try:
        print(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        print(type(error).__name__)
print(json.loads("[NaN, Infinity, 1E400, -0, 12345678901234567890]"), json.dumps(float("inf")), json.dumps({(1, 2): 3}, skipkeys=True))

loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as error:
    print(error)
path = Path("lines.jsonl")
path.write_text("".join(json.dumps(asdict(Item(n, Decimal(n), date(2024, 1, n))), default=str) + "\n" for n in (1, 2)))
print([json.loads(line)["day"] for line in path.read_text().splitlines()], path.stat().st_size)
print(json.dumps("</script>\u2028\x7f\"\\/"), json.dumps([1, [2, []], {}], indent="\t").replace("\t", ">").split("\n"))
value, end = json.JSONDecoder().raw_decode('{"a": [1]} tail')
print(value, end, "".join(json.JSONEncoder().iterencode([1, "x"])))
