import contextlib

try:
    pass
except:  # bare-except
    pass
try:
    pass
except (ValueError,):  # redundant-tuple-in-exception-handler
    pass
try:
    pass
except (ValueError, ValueError):  # duplicate-handler-exception
    pass
try:
    pass
except ValueError:
    pass
except ValueError:  # duplicate-try-block-exception
    pass
try:
    pass
except ():  # except-with-empty-tuple
    pass
try:
    pass
except 1:  # except-with-non-exception-classes
    pass
try:
    pass
except ValueError or TypeError:  # binary-op-exception, except-with-non-exception-classes
    pass
with contextlib.suppress():  # useless-contextlib-suppress
    pass
ValueError("nobody raises it")  # useless-exception-statement


def turn():
    try:
        pass
    finally:
        return 1  # jump-statement-in-finally


def wrap():
    try:
        turn()
    except ValueError:
        raise TypeError("other")  # raise-without-from-inside-except


def text():
    raise "text"  # raise-literal


def other():
    raise NotImplemented  # raise-not-implemented


def bare():
    raise  # misplaced-bare-raise
