"""A pipeline of generators: send, throw, close, yield from, and what they return."""

import itertools


def numbers(text):
    for line in text.splitlines():
        line, _, comment = line.partition("#")
        if line.strip():
            yield from (float(part) for part in line.split())


def running_mean():
    total, count, mean = 0.0, 0, None
    while True:
        value = yield mean
        if value is None:
            return count
        total, count = total + value, count + 1
        mean = total / count


def averaged(source):
    means = running_mean()
    next(means)
    for number in source:
        yield round(means.send(number), 3)
    try:
        means.send(None)
    except StopIteration as stop:
        return stop.value


def outer(source):
    count = yield from averaged(source)
    yield f"{count} numbers"


def resource(log):
    log.append("open")
    try:
        while True:
            try:
                yield "item"
            except KeyError as error:
                log.append(f"handled {error}")
                yield "recovered"
    finally:
        log.append("closed")


def chunks(items, size):
    iterator = iter(items)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield chunk


def flatten(nested):
    for item in nested:
        if isinstance(item, (list, tuple)):
            yield from flatten(item)
        else:
            yield item


def countdown(n):
    while n:
        reset = yield n
        n = reset if reset is not None else n - 1


print(list(outer(numbers("1 2 3\n# nothing\n4.5 6 # two\n"))))
log = []
items = resource(log)
print(next(items), items.throw(KeyError("k")), next(items), log)
items.close()
print(log, next(items, "over"))
try:
    running_mean().send(1)
except TypeError as error:
    print(error)
print(list(chunks(range(7), 3)), list(flatten([1, [2, (3, [4])], [], [[5]]])))
down = countdown(3)
print(next(down), next(down), down.send(5), list(down))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


stuck = stubborn()
next(stuck)
try:
    stuck.close()
except RuntimeError as error:
    print(error)


def leaky():
    raise StopIteration("inside")
    yield


try:
    list(leaky())
except RuntimeError as error:
    print(error, repr(error.__cause__))
squares = (n * n for n in itertools.count() if n % 2)
print(list(itertools.islice(squares, 4)), next(squares), squares.gi_running, type(squares).__name__)
first, *rest = (letter for letter in "abc")
print(first, rest, max((len(word), word) for word in ("aa", "b", "cc")), sum(n for n in range(5)), dict((k, v) for k, v in zip("ab", (1, 2))))
