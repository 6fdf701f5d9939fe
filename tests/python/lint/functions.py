import asyncio
import contextvars
import itertools
import time
from collections import defaultdict


def f(x=[]):  # mutable-argument-default
    f"""{x}"""  # f-string-docstring
    return x


kept = contextvars.ContextVar("kept", default=[])  # mutable-contextvar-default
made = defaultdict(default_factory=list)  # default-factory-kwarg
f(x=1, **{"x": 2})  # repeated-keyword-argument
f(x=1, *[2])  # star-arg-unpacking-after-keyword-arg


async def waits():
    time.sleep(1)  # blocking-sleep-in-async-function
    asyncio.create_task(waits())  # asyncio-dangling-task


later = []
for n in range(3):
    later.append(lambda: n)  # function-uses-loop-variable

for _, group in itertools.groupby([1, 1, 2]):
    for _ in range(2):
        list(group)  # reuse-of-groupby-generator
