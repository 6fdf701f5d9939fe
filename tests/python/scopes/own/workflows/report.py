import asyncio
import logging
import pathlib

from bifrost import tables, workflow, workflows
from modules import prices

log = logging.getLogger("report")


async def ended(run):
    while (found := await workflows.get(run)).status in ("Pending", "Running"):
        await asyncio.sleep(0.01)
    return found


@workflow(name="Report", description="Sums the orders of a region")
async def report(region: str, limit: int = 10):
    await tables.upsert("orders", "o-1", {"region": region, "item": "tea", "count": 2})
    await tables.upsert("orders", "o-2", {"region": "us", "item": "jam", "count": 1})
    found = await tables.query("orders", where={"region": region}, limit=limit)
    total = sum(prices.of(row.data["item"]) * row.data["count"] for row in found.documents)
    log.warning("%d orders", len(found.documents))
    inner = await ended(await workflows.execute("workflow::totals::rates", {"factor": 2}))
    pathlib.Path("out").mkdir(exist_ok=True)
    pathlib.Path("out/report.txt").write_text(f"{region}: {total}\n")
    return {"total": total, "rates": inner.result, "of": inner.status}


@workflow
def fails():
    """Fails in a module of its own."""
    prices.of("bread")


@workflow
def breaks():
    """Fails in a parent's module."""
    from modules import taxes

    return taxes.added("much")
