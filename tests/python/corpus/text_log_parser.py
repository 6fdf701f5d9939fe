"""Reads the access log of a web server and sums it up by status, path and hour."""

import re
from collections import Counter, namedtuple
from datetime import datetime, timedelta
from itertools import groupby

LOG = r'''
10.0.0.1 - - [05/Mar/2024:23:58:01 +0000] "GET /index.html HTTP/1.1" 200 5120 "-" "Mozilla/5.0"
10.0.0.2 - ann [05/Mar/2024:23:59:59 +0000] "POST /api/orders HTTP/1.1" 201 312 "https://shop.example/" "curl/8.0"
10.0.0.1 - - [06/Mar/2024:00:00:03 +0100] "GET /missing?q=\"x\" HTTP/1.1" 404 - "-" "Mozilla/5.0"
garbage line
10.0.0.3 - - [06/Mar/2024:07:15:00 +0000] "GET /index.html HTTP/1.1" 304 0 "-" "Bot/1.0 (+http://bot.example)"
10.0.0.2 - ann [06/Mar/2024:07:45:10 +0000] "DELETE /api/orders/17 HTTP/1.1" 500 98 "-" "curl/8.0"
'''

LINE = re.compile(
    r"""
    (?P<host>\S+)\s\S+\s(?P<user>\S+)\s
    \[(?P<time>[^\]]+)\]\s
    "(?P<method>[A-Z]+)\s(?P<path>(?:[^"\\]|\\.)*?)\sHTTP/(?P<version>[\d.]+)"\s
    (?P<status>\d{3})\s(?P<size>\d+|-)
    """,
    re.VERBOSE,
)

Hit = namedtuple("Hit", "host user when method path status size")


def parse(lines):
    for number, line in enumerate(lines, 1):
        match = LINE.match(line)
        if match is None:
            print(f"line {number}: skipped {line!r}")
            continue
        found = match.groupdict()
        yield Hit(
            found["host"],
            None if found["user"] == "-" else found["user"],
            datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z"),
            found["method"],
            found["path"].replace('\\"', '"').partition("?")[0],
            int(found["status"]),
            0 if found["size"] == "-" else int(found["size"]),
        )


hits = list(parse(LOG.strip().splitlines()))
print(len(hits), "hits,", sum(hit.size for hit in hits), "bytes")
print(sorted(Counter(hit.status // 100 for hit in hits).items()))
print(Counter(hit.path for hit in hits).most_common(1))
for day, group in groupby(sorted(hits, key=lambda hit: hit.when), key=lambda hit: hit.when.utctimetuple().tm_mday):
    print(day, [hit.method for hit in group])
spread = max(hit.when for hit in hits) - min(hit.when for hit in hits)
print(spread, spread > timedelta(hours=7), hits[2].when.isoformat(), hits[2].when.utcoffset())
print(hits[1]._replace(user="bob")._asdict()["user"], Hit._fields[:3])
