import os

global fresh  # global-at-module-level
fresh = 1

from collections import namedtuple

__all__ = ["Known", "Missing"]  # undefined-export
__all__ += [print]  # invalid-all-object


class Known:
    pass


for os in range(3):  # import-shadowed-by-loop-var
    pass

count = 1


def reads():
    global count  # global-variable-not-assigned
    return count + totally  # undefined-name


def late():
    print(value)  # undefined-local
    value = 1
    return value


value = 2


def idle():
    unused = 1  # unused-variable
    noted: int  # unused-annotation
    return namedtuple


def silenced():
    return nothing_of_that_name  # noqa: F821


count = count  # self-assigning-variable
first, first = 1, 2  # redeclared-assigned-name
selvage.run
