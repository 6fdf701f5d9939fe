# hostile: a module that imports itself anew for ever
# expect: QUOTA_FUEL|QUOTA_CALLS
# files: {"hostile/evil.py": "VALUE = 1\n"}
import importlib
import sys

while True:
    importlib.import_module("evil")
    del sys.modules["evil"]
