"""A command line with subcommands, types, choices, groups and defaults from the environment."""

import argparse
import datetime
import os
import pathlib
import shlex
import sys


def day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day") from None


def build():
    parser = argparse.ArgumentParser(prog="books", description="Keeps the books.", epilog="See the manual.")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more")
    parser.add_argument("--version", action="version", version="%(prog)s 1.2")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = commands.add_parser("add", help="adds an entry")
    add.add_argument("amount", type=float)
    add.add_argument("tags", nargs="*", default=["none"])
    add.add_argument("--on", type=day, default=datetime.date(2024, 1, 1), metavar="DAY")
    add.add_argument("--kind", choices=("in", "out"), default=os.environ.get("BOOKS_KIND", "out"))
    report = commands.add_parser("report")
    either = report.add_mutually_exclusive_group()
    either.add_argument("--month", type=int)
    either.add_argument("--year", type=int)
    report.add_argument("-o", "--output", type=pathlib.Path)
    report.add_argument("--colour", action=argparse.BooleanOptionalAction, default=True)
    report.add_argument("--pair", nargs=2, action="append", metavar=("KEY", "VALUE"))
    report.set_defaults(run=lambda options: f"report to {options.output}")
    return parser


parser = build()
for line in ("add 12.5 food 'eating out' --on 2024-03-05", "-vv add -3 --kind=in", "report --year 2024 -o out/r.txt --no-colour --pair a 1 --pair b 2"):
    options = parser.parse_args(shlex.split(line))
    print({key: value for key, value in sorted(vars(options).items()) if key != "run"})
    if hasattr(options, "run"):
        print(options.run(options))

sys.stderr = sys.stdout
for line in ("add twelve", "add 1 --on yesterday", "report --month 1 --year 2", "", "add 1 --kind sideways"):
    try:
        parser.parse_args(shlex.split(line))
    except SystemExit as stop:
        print("exit", stop.code)
try:
    parser.parse_args(["--version"])
except SystemExit as stop:
    print("exit", stop.code)
known, rest = argparse.ArgumentParser(add_help=False).parse_known_args(["--unknown", "x"])
print(known, rest, argparse.Namespace(a=1) == argparse.Namespace(a=1))
