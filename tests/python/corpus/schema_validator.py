"""Checks nested data against a schema and reports every problem with its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Callable

Problem = tuple[str, str]
CHECKS: dict[str, Callable[[Any, Any, str], Iterator[Problem]]] = {}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}


def keyword(function):
    CHECKS[function.__name__.strip("_")] = function
    return function


@keyword
def type_(wanted, value, path):
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name in ("integer", "number")) for name in names):
        yield path, f"is {type(value).__name__}, not {' or '.join(names)}"


@keyword
def required(names, value, path):
    if isinstance(value, dict):
        yield from ((path, f"lacks {name!r}") for name in names if name not in value)


@keyword
def properties(schemas, value, path):
    if isinstance(value, dict):
        for name, schema in schemas.items():
            if name in value:
                yield from validate(schema, value[name], f"{path}.{name}")


@keyword
def additionalProperties(allowed, value, path):
    yield from ()


@keyword
def items(schema, value, path):
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from validate(schema, item, f"{path}[{index}]")


@keyword
def enum(options, value, path):
    if value not in options:
        yield path, f"is {value!r}, not one of {options}"


@keyword
def pattern(text, value, path):
    if isinstance(value, str) and not re.search(text, value):
        yield path, f"does not match {text}"


@keyword
def minimum(least, value, path):
    if isinstance(value, (int, float)) and value < least:
        yield path, f"is below {least}"


@keyword
def uniqueItems(wanted, value, path):
    if wanted and isinstance(value, list) and any(item in value[:n] for n, item in enumerate(value)):
        yield path, "has an item twice"


@keyword
def format(name, value, path):
    if name == "date-time" and isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            yield path, f"{value!r} is no time"


@keyword
def anyOf(schemas, value, path):
    if all(any(True for _ in validate(schema, value, path)) for schema in schemas):
        yield path, f"fits none of {len(schemas)}"


def validate(schema: dict[str, Any], value: Any, path: str = "$") -> Iterator[Problem]:
    for name, argument in schema.items():
        yield from CHECKS[name](argument, value, path)
    if schema.get("additionalProperties") is False and isinstance(value, dict):
        for extra in value.keys() - schema.get("properties", {}).keys():
            yield path, f"has an unknown {extra!r}"


SCHEMA = {
    "type": "object",
    "required": ["id", "email"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "email": {"type": "string", "pattern": r"^\S+@\S+\.\w+$"},
        "role": {"enum": ["admin", "user"]},
        "since": {"format": "date-time"},
        "tags": {"type": "array", "uniqueItems": True, "items": {"type": ["string", "null"]}},
        "size": {"anyOf": [{"type": "integer"}, {"enum": ["S", "M"]}]},
    },
}
for record in (
    {"id": 1, "email": "a@b.example", "role": "user", "since": "2024-03-05T10:00:00", "tags": ["x", None], "size": "M"},
    {"id": 0, "email": "nope", "role": "root", "since": "soon", "tags": ["x", 5, "x"], "size": 1.5, "more": 1},
    {"id": True, "tags": "x"},
    [],
):
    problems = list(validate(SCHEMA, record))
    print("valid" if not problems else f"{len(problems)} problems")
    for path, text in problems:
        print(f"  {path} {text}")
