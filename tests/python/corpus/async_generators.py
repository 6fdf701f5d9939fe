"""Asynchronous generators and context managers: paging, batching, merging, closing in the right order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

ITEMS = [f"item-{n}" for n in range(7)]


async def pages(size: int) -> AsyncIterator[list[str]]:
    for start in range(0, len(ITEMS), size):
        await asyncio.sleep(0)
        yield ITEMS[start : start + size]


async def flatten(source):
    async for page in source:
        for item in page:
            yield item


class Ticker:
    def __init__(self, count):
        self.count = count

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.count == 0:
            raise StopAsyncIteration
        self.count -= 1
        await asyncio.sleep(0)
        return self.count


@contextlib.asynccontextmanager
async def session(log, name):
    log.append(f"open {name}")
    try:
        yield name
    finally:
        await asyncio.sleep(0)
        log.append(f"close {name}")


async def guarded(log):
    try:
        for n in range(10):
            yield n
    finally:
        log.append("closed generator")


async def echo():
    value = yield "ready"
    while True:
        try:
            value = yield f"<{value}>"
        except ValueError as error:
            value = f"error {error}"


async def merge(*sources):
    queue, end = asyncio.Queue(), object()

    async def feed(source):
        async for item in source:
            await queue.put(item)
        await queue.put(end)

    tasks = [asyncio.create_task(feed(source)) for source in sources]
    left = len(tasks)
    while left:
        item = await queue.get()
        if item is end:
            left -= 1
        else:
            yield item


async def main():
    print([len(page) async for page in pages(3)], {item async for item in flatten(pages(4))} == set(ITEMS))
    print([n async for n in Ticker(4) if n % 2], sum([n async for n in Ticker(5)]), [n async for n in Ticker(2)])
    log = []
    async with session(log, "a") as a, session(log, "b") as b:
        log.append(a + b)
    with contextlib.suppress(RuntimeError):
        async with session(log, "c"):
            raise RuntimeError
    print(log)
    log.clear()
    async with contextlib.aclosing(guarded(log)) as numbers:
        async for n in numbers:
            if n == 2:
                break
    print(log, n)
    chat = echo()
    print(await anext(chat), await chat.asend("x"), await chat.asend("y"), await chat.athrow(ValueError("no")))
    await chat.aclose()
    print(await anext(chat, "over"))
    print(sorted([item async for item in merge(Ticker(3), Ticker(2))]))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(session(log, "s"))
        stack.push_async_callback(asyncio.sleep, 0)
        stack.callback(log.append, "sync callback")
    print(log)
    result = {key: await asyncio.sleep(0, value) for key, value in {"a": 1}.items()}
    print(result, [await asyncio.sleep(0, n) for n in range(3)])
    try:
        async for _ in 5:
            pass
    except TypeError as error:
        print("TypeError")


asyncio.run(main())


async def no_await():
    return 1


coroutine = no_await()
try:
    coroutine.send(None)
except StopIteration as stop:
    print(stop.value)
print(type(coroutine).__name__, asyncio.iscoroutinefunction(no_await))
