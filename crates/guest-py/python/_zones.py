"""The time zones, as files of the form that `zoneinfo` reads (RFC 8536), made of `_zone_data` one at a time."""

import struct

from _zone_data import ZONES


def names():
    return [name for line in ZONES.splitlines() for name in line.partition("|")[0].split(",")]


def tzif(key):
    """The bytes of a zone's file; None where there is no such zone."""
    for line in ZONES.splitlines():
        shared, rule, types, changes = line.split("|")
        if key in shared.split(","):
            return _file(rule, types.split(","), changes.split())
    return None


def _seconds(text, base):
    return int(text[:-1], base) if text.endswith("S") else 60 * int(text, base)


def _file(rule, types, changes):
    # The first type is that of all time before, whether it is daylight saving or not.
    times, kinds, now = [-(1 << 40)], [0], 0
    for change in changes:
        now += _seconds(change[1:], 36)
        times.append(now)
        kinds.append(int(change[0], 36))
    records, names = b"", b""
    for kind in types:
        offset, name = kind.split(" ")
        records += struct.pack(">lbB", _seconds(offset.rstrip("*"), 10), offset.endswith("*"), len(names))
        names += name.encode() + b"\0"
    head = lambda *counts: b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, *counts)
    body = struct.pack(f">{len(times)}q", *times) + bytes(kinds) + records + names
    return head(0, 0, 0) + head(len(times), len(types), len(names)) + body + b"\n" + rule.encode() + b"\n"
