"""A tiny cron: fields, ranges and steps, and the next times after a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Iterator

FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 6))
NAMES = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
NAMES |= {name: number for number, name in enumerate("sun mon tue wed thu fri sat".split())}


class CronError(ValueError):
    pass


@lru_cache(maxsize=None)
def expand(text: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", part)
        if match is None:
            raise CronError(f"not a field: {part!r}")
        first, last, step = match.groups()
        begin = low if first == "*" else number(first)
        end = high if first == "*" else number(last) if last else (high if step else begin)
        if not low <= begin <= end <= high:
            raise CronError(f"{part!r} is not within {low}-{high}")
        values.update(range(begin, end + 1, int(step or 1)))
    return frozenset(values)


def number(text: str) -> int:
    try:
        return NAMES[text.lower()] if text.isalpha() else int(text)
    except (KeyError, ValueError) as error:
        raise CronError(f"unknown name {text!r}") from error


@dataclass(frozen=True)
class Cron:
    text: str
    sets: tuple[frozenset[int], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = self.text.split()
        if len(parts) != len(FIELDS):
            raise CronError(f"{len(parts)} fields instead of {len(FIELDS)}")
        sets = tuple(expand(part, low, high) for part, (_, low, high) in zip(parts, FIELDS))
        object.__setattr__(self, "sets", sets)

    def matches(self, when: datetime) -> bool:
        values = (when.minute, when.hour, when.day, when.month, when.isoweekday() % 7)
        return all(value in allowed for value, allowed in zip(values, self.sets))

    def after(self, when: datetime) -> Iterator[datetime]:
        when = when.replace(second=0, microsecond=0) + timedelta(minutes=1)
        while True:
            if when.hour not in self.sets[1]:
                when = when.replace(minute=0) + timedelta(hours=1)
                continue
            if self.matches(when):
                yield when
            when += timedelta(minutes=1)


start = datetime(2024, 2, 28, 22, 50, 30)
for text in ("*/20 22-23 * * *", "0 9 * * mon-fri", "30 6 29 feb *", "15,45 0 1 * *"):
    times = Cron(text).after(start)
    print(f"{text:<18}", *(next(times).strftime("%a%d.%m %H:%M") for _ in range(3 if "feb" not in text else 1)), sep="  ")
for wrong in ("* * * *", "61 * * * *", "x y z a b", "* * 0 * *", "1-x * * * *"):
    try:
        Cron(wrong)
    except CronError as error:
        print(error, "<-", type(error.__cause__).__name__)
print(Cron("0 0 1 1 0"), Cron("0 0 1 1 0") == Cron("0 0 1 1 0"), len({Cron("0 0 1 1 0"), Cron("0 0 1 1 0")}))
print(expand.cache_info().hits > 0, Cron.__dataclass_fields__["text"].type)
