"""Writes `python/_zone_data.py` from the time zone files of a machine: `python3 zones.py > ../python/_zone_data.py`.

A line is `names|rule|types|changes`: the names that share it; the rule of POSIX for what comes after the last change; the types,
each the offset in minutes (in seconds, with `S`), `*` where it is daylight saving, and its abbreviation; and the changes since
1970, each the type's digit and the minutes (seconds, with `S`) since the one before, in base 36. The first type is in force at
the beginning of 1970, and is taken for all time before.

Source: <https://www.iana.org/time-zones>, which is in the public domain; the files' form is RFC 8536.
"""

import pathlib
import struct
import sys

ZONES = pathlib.Path("/usr/share/zoneinfo")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def number(n):
    text = ""
    sign, n = "-" * (n < 0), abs(n)
    while n or not text:
        n, digit = divmod(n, 36)
        text = DIGITS[digit] + text
    return sign + text


def length(header):
    isut, isstd, leap, times, types, chars = header
    return times * 5 + types * 6 + chars + leap * 8 + isstd + isut


def parse(raw):
    at = 44 + length(struct.unpack(">6l", raw[20:44]))
    isut, isstd, leap, times, types, chars = struct.unpack(">6l", raw[at + 20 : at + 44])
    at += 44
    when = struct.unpack(f">{times}q", raw[at : at + 8 * times])
    at += 8 * times
    which = list(raw[at : at + times])
    at += times
    kinds = [struct.unpack(">lbb", raw[at + 6 * n : at + 6 * n + 6]) for n in range(types)]
    at += 6 * types
    names = raw[at : at + chars]
    rule = raw[at + chars + leap * 12 + isstd + isut :].decode().strip()
    return list(zip(when, which)), [(offset, dst, names[a : names.index(b"\0", a)].decode()) for offset, dst, a in kinds], rule


def line(raw):
    changes, kinds, rule = parse(raw)
    before = [kind for when, kind in changes if when < 0]
    first = before[-1] if before else next((n for n, (_, dst, _) in enumerate(kinds) if not dst), 0)
    changes = [change for change in changes if change[0] >= 0]
    used = list(dict.fromkeys([first, *(kind for _, kind in changes)]))
    types, gaps, last = [], [], 0
    for offset, dst, name in (kinds[kind] for kind in used):
        types.append((f"{offset}S" if offset % 60 else f"{offset // 60}") + "*" * dst + " " + name)
    for when, kind in changes:
        gap, last = when - last, when
        gaps.append(DIGITS[used.index(kind)] + (f"{number(gap)}S" if gap % 60 else number(gap // 60)))
    return "|".join([rule, ",".join(types), " ".join(gaps)])


def main():
    zones = {}
    for path in sorted(ZONES.rglob("*")):
        name = path.relative_to(ZONES).as_posix()
        if path.is_file() and not name.startswith(("posix/", "right/")) and name not in ("posixrules", "localtime", "Factory"):
            raw = path.read_bytes()
            if raw[:4] == b"TZif":
                zones.setdefault(line(raw), []).append(name)
    version = (ZONES / "tzdata.zi").read_text().partition("\n")[0].removeprefix("# version ")
    print(f'"""The time zones of version {version}, since 1970: see `build/zones.py`, which made this."""\n\nZONES = """\\')
    for text, names in sorted(zones.items(), key=lambda zone: zone[1]):
        print(",".join(names) + "|" + text)
    print('"""')


main() if len(sys.argv) == 1 else sys.exit(__doc__)
