import csv

from bifrost import data_provider, workflow


def rows():
    with open("data/rates.csv", newline="") as file:
        return list(csv.DictReader(file))


@workflow
def rates(factor: int = 1):
    print("of", len(rows()), "rates")
    return {row["name"]: int(row["rate"]) * factor for row in rows()}


@data_provider(name="Rates")
def choices():
    return [{"label": row["name"], "value": row["rate"]} for row in rows()]
