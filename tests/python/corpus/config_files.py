"""Settings from INI, TOML, JSON and the environment, merged in order, with defaults and interpolation."""

import configparser
import io
import json
import os
import string
import tomllib
from types import MappingProxyType, SimpleNamespace

INI = """\
[DEFAULT]
home = /srv
timeout: 30
[server]
root = %(home)s/www
port = 8080
debug = off
hosts =
    a.example
    b.example
; a comment
[empty]
flag
"""

TOML = """\
title = "Tables"
when = 2024-03-05T10:00:00+01:00
day = 2024-03-05
[server]
port = 9_090
ratio = 6.5e-1
tags = ["a", 'b\\c', \"\"\"multi
line\"\"\"]
inline = { x = 1, y.z = true }
[[rule]]
name = "first"
[[rule]]
name = "second"
mask = 0xff
"""

parser = configparser.ConfigParser(allow_no_value=True)
parser.read_string(INI)
server = parser["server"]
print(parser.sections(), server["root"], server.getint("port"), server.getboolean("debug"), server.getfloat("timeout"), server.get("nothing", "fallback"))
print(server["hosts"].split(), parser["empty"]["flag"], parser.has_option("server", "home"), dict(parser["empty"].items()))
parser["server"]["port"] = "81"
parser.add_section("new")
parser.set("new", "key", "100%%")
out = io.StringIO()
parser.write(out)
print(out.getvalue().strip().splitlines()[-2:], parser.get("new", "key"), parser.get("server", "root", raw=True))
for act in (lambda: parser["none"], lambda: parser.get("server", "none"), lambda: parser.read_string("[a]\nx=1\n[a]\n"), lambda: parser.read_string("x=1"), lambda: parser.add_section("new")):
    try:
        act()
    except (KeyError, configparser.Error) as error:
        print(type(error).__name__, end=" ")
print()

data = tomllib.loads(TOML)
print(data["when"].isoformat(), data["day"], data["server"], [rule["name"] for rule in data["rule"]], data["rule"][1]["mask"])
for text in ("a = ", "a = 1\na = 2", "[x", "d = 2024-13-01"):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        print(type(error).__name__, end=" ")
print()


def merge(base, over):
    merged = dict(base)
    for key, value in over.items():
        merged[key] = merge(merged[key], value) if isinstance(value, dict) and isinstance(merged.get(key), dict) else value
    return merged


os.environ["APP_SERVER_PORT"] = "7000"
layers = [{"server": {"port": 1, "host": "h"}}, {"server": {key: int(value) for key, value in server.items() if value and value.isdigit()}}, json.loads('{"server": {"debug": true}}')]
layers.append({"server": {key.removeprefix("APP_SERVER_").lower(): int(value) for key, value in os.environ.items() if key.startswith("APP_SERVER_")}})
settings = {}
for layer in layers:
    settings = merge(settings, layer)
print(settings, SimpleNamespace(**settings["server"]), string.Template("$port/${host}").substitute(settings["server"]))
frozen = MappingProxyType(settings)
try:
    frozen["x"] = 1
except TypeError as error:
    print(error, "server" in frozen, len(frozen | {"y": 2}))
print(os.getenv("NOT_SET_AT_ALL"), os.environ.get("NOT_SET", "default"), os.environ.pop("APP_SERVER_PORT"))
