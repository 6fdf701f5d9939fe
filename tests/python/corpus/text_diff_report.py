"""Compares two versions of a configuration and prints what changed, as a person would want to read it."""

import difflib

OLD = """\
[server]
host = localhost
port = 8080
workers = 4

[log]
level = info
""".splitlines()

NEW = """\
[server]
host = 0.0.0.0
port = 8080
workers = 8
timeout = 30

[log]
level = info
file = /var/log/app.log
""".splitlines()

for line in difflib.unified_diff(OLD, NEW, "old.ini", "new.ini", lineterm="", n=1):
    print(line)

print("--")
matcher = difflib.SequenceMatcher(a=OLD, b=NEW)
for tag, i1, i2, j1, j2 in matcher.get_opcodes():
    if tag != "equal":
        print(f"{tag:<8} {OLD[i1:i2]} -> {NEW[j1:j2]}")
print(round(matcher.ratio(), 4))

print("--")
for line in difflib.ndiff(["workers = 4", "same"], ["workers = 8", "same"]):
    print(line.rstrip("\n"))

print("--")
names = ["timeout", "time_out", "timer", "workers", "host"]
print(difflib.get_close_matches("timeot", names))
print(difflib.get_close_matches("worker", names, n=1, cutoff=0.8))
print(difflib.get_close_matches("zzz", names))

delta = list(difflib.ndiff(OLD, NEW))
print(list(difflib.restore(delta, 1)) == OLD, list(difflib.restore(delta, 2)) == NEW)
for line in difflib.context_diff(["a", "b", "c"], ["a", "x", "c"], "before", "after", lineterm=""):
    print(line)
