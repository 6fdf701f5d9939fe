# hostile: hooks for what nobody caught
# expect: RUNTIME_EXCEPTION
import sys
import threading


def hook(*args):
    while True:
        pass


sys.excepthook = sys.unraisablehook = threading.excepthook = hook


class Evil:
    def __del__(self):
        raise KeyError


raise ValueError
