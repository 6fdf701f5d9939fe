"""Extract, transform, load: CSV in, checked and joined rows, JSON and a report out, rejects aside."""

from __future__ import annotations

import csv
import json
import logging
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from pathlib import Path
from statistics import median

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
log = logging.getLogger(__name__)
DATA = Path("etl")


@dataclass(frozen=True, slots=True)
class Order:
    id: int
    customer: str
    day: date
    total: Decimal

    @classmethod
    def parse(cls, row: dict[str, str]) -> Order:
        total = Decimal(row["total"].replace(",", ""))
        if total <= 0:
            raise ValueError(f"total {total} is not positive")
        return cls(int(row["id"]), row["customer"].strip().title(), date.fromisoformat(row["day"]), total)


def extract(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in reader:
            yield reader.line_num, row


def transform(rows: Iterable[tuple[int, dict[str, str]]], rejects: list) -> Iterator[Order]:
    seen = set()
    for line, row in rows:
        try:
            order = Order.parse(row)
            if order.id in seen:
                raise ValueError(f"id {order.id} twice")
        except (ValueError, KeyError, InvalidOperation) as error:
            rejects.append({"line": line, "why": type(error).__name__, "row": row})
            log.warning("line %d: %s", line, error if type(error) is ValueError and "isoformat" not in str(error) else type(error).__name__)
            continue
        seen.add(order.id)
        yield order


def load(orders: list[Order], countries: dict[str, str]) -> dict:
    by_country: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        by_country[countries.get(order.customer, "??")].append(order)
    report = {
        country: {"orders": len(group), "total": str(sum(order.total for order in group)), "median": str(median(map(attrgetter("total"), group))), "last": max(group, key=attrgetter("day")).day.isoformat()}
        for country, group in sorted(by_country.items())
    }
    (DATA / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    with (DATA / "clean.jsonl").open("w") as file:
        for order in sorted(orders, key=attrgetter("day", "id")):
            print(json.dumps(asdict(order), default=str), file=file)
    return report


DATA.mkdir(exist_ok=True)
(DATA / "orders.csv").write_text(
    "id,customer,day,total\n# exported\n1,ann lee,2024-03-05,\"1,200.50\"\n2,BOB,2024-03-01,80\n2,bob,2024-03-02,81\n3,cy,soon,5\n4,dee,2024-02-01,-3\nx,eve,2024-01-01,1\n5,Ann Lee,2024-04-01,99.5\n6,zed,2024-01-02,n/a\n",
    encoding="utf-8-sig",
)
rejects: list[dict] = []
orders = list(transform(extract(DATA / "orders.csv"), rejects))
report = load(orders, {"Ann Lee": "DE", "Bob": "US"})
print(json.dumps(report))
print((DATA / "clean.jsonl").read_text(), end="")
print(len(rejects), [reject["line"] for reject in rejects], {reject["why"] for reject in rejects} == {"ValueError", "InvalidOperation"})
print(orders[0] in set(orders), sorted(p.name for p in DATA.iterdir()))
