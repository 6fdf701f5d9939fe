"""Exception groups, except*, notes, chains, custom hierarchies, and what tracebacks say."""

import traceback


class AppError(Exception):
    """The base of all that this program raises."""

    code = 1

    def __init__(self, message, **details):
        super().__init__(message)
        self.details = details


class NotFound(AppError):
    code = 44


class Invalid(AppError, ValueError):
    code = 22


def check(record):
    errors = []
    if "id" not in record:
        errors.append(NotFound("no id", record=record))
    for key, value in record.items():
        if value is None:
            errors.append(Invalid(f"{key} is empty"))
        elif isinstance(value, str) and not value.strip():
            errors.append(TypeError(f"{key} is blank"))
    if errors:
        raise ExceptionGroup(f"{len(errors)} problems", errors)
    return "fine"


for record in ({"id": 1}, {"name": None}, {"id": 1, "a": " ", "b": None, "c": None}):
    try:
        print(check(record))
    except* NotFound as group:
        print("missing:", [str(error) for error in group.exceptions], group.exceptions[0].details)
    except* (Invalid, TypeError) as group:
        print("bad:", group.message, [type(error).__name__ for error in group.exceptions])

nested = ExceptionGroup("outer", [ValueError("v"), ExceptionGroup("inner", [KeyError("k"), OSError(2, "gone")])])
matched, rest = nested.split(KeyError)
print(matched, "|", rest, "|", nested.subgroup(lambda error: isinstance(error, OSError)).exceptions[0].exceptions[0].errno)
print(nested.derive([ValueError()]).message, isinstance(nested, Exception), BaseExceptionGroup("b", [KeyboardInterrupt()]).exceptions)
try:
    try:
        raise nested
    except* ValueError:
        print("a value, handled")
except ExceptionGroup as left:
    print("left:", [type(error).__name__ for error in left.exceptions])

try:
    try:
        {}["key"]
    except KeyError as error:
        raise NotFound("no such key", key="key") from error
except AppError as error:
    error.add_note("while loading")
    error.add_note("try again")
    print(repr(error.__cause__), error.__notes__, error.code, error.__suppress_context__)
    print(traceback.format_exception_only(error)[-2:])
    text = "".join(traceback.format_exception(error))
    print(text.count("Traceback"), "direct cause" in text, text.rstrip().splitlines()[-3:])

try:
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second")
except TypeError as error:
    print(repr(error.__context__), error.__cause__)


def deep(n):
    if n == 0:
        raise RuntimeError("at the bottom")
    deep(n - 1)


try:
    deep(3)
except RuntimeError as error:
    frames = traceback.extract_tb(error.__traceback__)
    print([(frame.name, frame.line) for frame in frames][-2:], len(frames))


def flow(how):
    try:
        if how == "raise":
            raise KeyError(how)
        if how == "return":
            return "try"
    except KeyError:
        return "except"
    else:
        return "else"
    finally:
        print("finally", end=" ")


print(flow("raise"), flow("return"), flow("none"))
for act in (lambda: int("x"), lambda: [1][5], lambda: {}["a"], lambda: None.x, lambda: 1 + "1", lambda: undefined, lambda: (_ for _ in ()).throw(StopAsyncIteration), lambda: "a" * -1 + 1, lambda: open("no/such/file")):
    try:
        act()
    except Exception as error:
        print(type(error).__name__, type(error).__mro__[1].__name__, end="; ")
print()
try:
    raise AppError("with args", a=1).with_traceback(None)
except AppError as error:
    print(error.args, error.details, str(error), repr(error))
try:
    ExceptionGroup("empty", [])
except ValueError as error:
    print("ValueError:", error)
