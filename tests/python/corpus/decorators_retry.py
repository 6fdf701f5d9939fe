"""Decorators from real projects: retry, cache with expiry, validation, registration, class decorators."""

import functools
import inspect
import time


def retry(times=3, on=(Exception,), wait=0.0):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    return function(*args, **kwargs)
                except on as error:
                    wrapper.failures += 1
                    if attempt == times:
                        raise
                    print(f"  {function.__name__} failed ({error}), attempt {attempt}")
                    time.sleep(wait)

        wrapper.failures = 0
        return wrapper

    return decorate


def typed(function):
    hints = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        bound = hints.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            wanted = hints.parameters[name].annotation
            if wanted is not inspect.Parameter.empty and not isinstance(value, wanted):
                raise TypeError(f"{name} is {type(value).__name__}, not {wanted.__name__}")
        return function(*bound.args, **bound.kwargs)

    return wrapper


REGISTRY = {}


def command(name=None, **options):
    def decorate(function):
        key = name if isinstance(name, str) else function.__name__
        REGISTRY[key] = (function, options)
        return function

    return decorate(name) if callable(name) else decorate


def add_repr(cls):
    cls.__repr__ = lambda self: f"{cls.__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"
    return cls


class memoize:
    """A class as a decorator, which works on methods too."""

    def __init__(self, function):
        self.function, self.cache = function, {}
        functools.update_wrapper(self, function)

    def __call__(self, *args):
        if args not in self.cache:
            self.cache[args] = self.function(*args)
        return self.cache[args]

    def __get__(self, instance, owner):
        return functools.partial(self, instance)


calls = []


@retry(times=3, on=(ConnectionError,))
def flaky(n):
    """Fails twice."""
    calls.append(n)
    if len(calls) < 3:
        raise ConnectionError("lost")
    return n * 2


@typed
def area(width: int, height: int = 2, *, unit: str = "m") -> str:
    return f"{width * height} {unit}2"


@command("sync", dry=True)
def synchronise():
    return "synced"


@command
def status():
    return "fine"


@add_repr
class Grid:
    def __init__(self, w, h):
        self.w, self.h = w, h

    @memoize
    def cells(self, n):
        print("  computing", n)
        return self.w * self.h * n


print(flaky(21), flaky.failures, flaky.__name__, flaky.__doc__, flaky.__wrapped__.__name__)
print(area(3), area(3, height=4, unit="cm"), inspect.signature(area))
for wrong in (lambda: area("3"), lambda: area(), lambda: area(1, 2, 3), lambda: area(1, unit=5)):
    try:
        wrong()
    except TypeError as error:
        print("TypeError:", error)
print(sorted(REGISTRY), REGISTRY["sync"][1], REGISTRY["status"][0]())
grid = Grid(2, 3)
print(grid, grid.cells(2), grid.cells(2), Grid.cells.cache if hasattr(Grid.cells, "cache") else "partial")


@retry(times=1)
def always():
    raise KeyError("gone")


try:
    always()
except KeyError as error:
    print("gave up:", error, always.failures)


@functools.lru_cache(maxsize=2)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@functools.singledispatch
def show(value):
    return f"thing {value}"


@show.register
def _(value: int):
    return f"number {value}"


@show.register(list)
@show.register(tuple)
def _(value):
    return " ".join(map(show, value))


print(fib(30), fib.cache_info().currsize, show([1, "x", (2,)]), show.dispatch(bool)(True))
