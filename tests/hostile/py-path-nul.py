# hostile: a path with a NUL
# expect: OK
# value: ["ValueError", "ValueError"]
import os

result = []
for act in (open, os.stat):
    try:
        act("a\0b")
    except ValueError as error:
        result.append(type(error).__name__)
