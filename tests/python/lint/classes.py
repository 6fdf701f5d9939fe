import dataclasses
import enum
import functools


class Odd:
    one = 1
    one = 2  # duplicate-class-field-definition

    def __init__(self):
        return 1  # return-in-init

    def __bool__(self):
        return 1  # invalid-bool-return-type

    def __bytes__(self):
        return ""  # invalid-bytes-return-type

    def __hash__(self):
        return ""  # invalid-hash-return-type

    def __index__(self):
        return ""  # invalid-index-return-type

    def __len__(self):
        return ""  # invalid-length-return-type

    def __str__(self):
        return 1  # invalid-str-return-type

    def __enter__(self, more):  # unexpected-special-method-signature
        return self

    @functools.singledispatch  # singledispatch-method
    def one_way(self, x):
        return x


class Yields:
    def __init__(self):
        yield 1  # yield-in-init


class Child(Odd):
    def __init__(self):
        super.__init__()  # super-without-brackets


@functools.singledispatchmethod  # singledispatchmethod-function
def other_way(x):
    return x


def today():
    return 1


@dataclasses.dataclass
class Record:
    many: list = []  # mutable-dataclass-default
    when: list = today()  # function-call-in-dataclass-default-argument


class Kind(enum.Enum):
    A = 1
    B = 1  # non-unique-enums
