# hostile: a trace function that starts its own endless loop
# expect: QUOTA_FUEL
import sys


def trace(frame, event, arg):
    while True:
        pass


sys.settrace(trace)


def traced():
    return 1


traced()
while True:
    pass
