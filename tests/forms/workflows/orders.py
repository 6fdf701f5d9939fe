import json
from typing import Literal

from bifrost import UserError, data_provider, files, workflow
from bifrost.modules import stock


@data_provider(description="The regions that the shop delivers to.")
async def regions():
    return [{"label": "Europe", "value": "eu"}, {"label": "United States", "value": "us"}, {"label": "The Moon", "value": "moon"}]


@data_provider
async def items(region: str, currency: str = "EUR"):
    """What a region has in stock."""
    if region == "moon":
        raise UserError("Nothing is delivered to the Moon yet.")
    return [{"id": id, "title": f"{title} ({price:.2f} {currency})"} for id, (title, price) in stock.items(region).items()]


@workflow(name="Place an order", description="Writes an order down and says what it costs.")
async def place_order(region: str, item: str, count: int = 1, email: str = "", gift: bool = False, extras: list | None = None, source: Literal["form", "phone"] = "phone"):
    total = stock.price(region, item, count)
    order = {"region": region, "item": item, "count": count, "email": email, "gift": gift, "extras": extras or [], "source": source, "total": total}
    await files.write("orders/last.json", json.dumps(order))
    print(f"{count} × {item}")
    return order
