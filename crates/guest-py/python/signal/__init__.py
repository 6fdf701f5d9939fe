"""Signals by name. Nothing sends any to a run: its host stops it from outside."""

import enum

__all__ = ("Handlers", "SIG_DFL", "SIG_IGN", "SIGABRT", "SIGINT", "SIGTERM", "Signals", "default_int_handler", "getsignal", "signal", "valid_signals")


class Signals(enum.IntEnum):
    SIGINT = 2
    SIGABRT = 6
    SIGTERM = 15


class Handlers(enum.IntEnum):
    SIG_DFL = 0
    SIG_IGN = 1


SIGINT, SIGABRT, SIGTERM = Signals
SIG_DFL, SIG_IGN = Handlers
_handlers = {}


def default_int_handler(signum, frame):
    raise KeyboardInterrupt


def getsignal(signalnum):
    return _handlers.get(Signals(signalnum), SIG_DFL)


def signal(signalnum, handler):
    before = getsignal(signalnum)
    _handlers[Signals(signalnum)] = handler
    return before


def valid_signals():
    return set(Signals)
