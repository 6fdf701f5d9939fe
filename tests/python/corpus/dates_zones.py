"""Meetings across zones: daylight saving, gaps, folds and the same instant in five cities."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CITIES = ["America/Los_Angeles", "America/New_York", "UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney"]

call = datetime(2024, 3, 12, 16, 0, tzinfo=ZoneInfo("Europe/Berlin"))
for name in CITIES:
    there = call.astimezone(ZoneInfo(name))
    print(f"{name:<20} {there:%a %H:%M} {there.tzname():<5} {there.utcoffset()}")

# Berlin is five hours ahead of New York for two weeks each March.
for day in (5, 12, 26, 31):
    when = datetime(2024, 3, day, 12, tzinfo=ZoneInfo("America/New_York"))
    print(day, when.astimezone(ZoneInfo("Europe/Berlin")).hour)

# The clock went from 2 to 3 in the night of 31 March 2024, and twice through 2 in that of 27 October.
berlin = ZoneInfo("Europe/Berlin")
gap = datetime(2024, 3, 31, 2, 30, tzinfo=berlin)
print(gap.astimezone(timezone.utc).astimezone(berlin).isoformat())
first = datetime(2024, 10, 27, 2, 30, tzinfo=berlin)
second = first.replace(fold=1)
print(first.utcoffset(), second.utcoffset(), second.astimezone(timezone.utc) - first.astimezone(timezone.utc))
print((datetime(2024, 10, 28, tzinfo=berlin) - datetime(2024, 10, 27, tzinfo=berlin)), end=" ")
print(datetime(2024, 10, 28, tzinfo=berlin).timestamp() - datetime(2024, 10, 27, tzinfo=berlin).timestamp())
print((datetime(2024, 7, 1, tzinfo=berlin) + timedelta(days=180)).isoformat())

# Before the rule of today: Moscow stayed at +4 from 2011 to 2014; Berlin had no summer time in 1975.
moscow = ZoneInfo("Europe/Moscow")
print([datetime(year, 7, 1, tzinfo=moscow).utcoffset() for year in (2010, 2012, 2015)])
print(datetime(1975, 7, 1, tzinfo=berlin).dst(), datetime(1985, 7, 1, tzinfo=berlin).dst(), datetime(2060, 7, 1, tzinfo=berlin).tzname())
try:
    ZoneInfo("Mars/Olympus")
except ZoneInfoNotFoundError as error:
    print(type(error).__name__)
print(ZoneInfo("Europe/Berlin") is berlin, berlin.key, str(ZoneInfo("Etc/GMT+5")), datetime(2024, 1, 1, tzinfo=ZoneInfo("Etc/GMT+5")).utcoffset())
