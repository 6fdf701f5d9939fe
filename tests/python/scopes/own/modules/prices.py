"""The client's own prices, in the place of everybody's."""

from bifrost.modules import taxes


def of(item):
    return taxes.added({"tea": 300, "jam": 500}[item])
