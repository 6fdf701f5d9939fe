"""A crawler without a network: tasks, a semaphore, a queue, timeouts, cancellation, groups, events."""

import asyncio
import random
import time

PAGES = {"/": ["/a", "/b"], "/a": ["/c"], "/b": ["/c", "/slow"], "/c": [], "/slow": []}


async def get(path):
    await asyncio.sleep(0.5 if path == "/slow" else 0.01)
    if path not in PAGES:
        raise LookupError(path)
    return PAGES[path]


async def crawl(start, workers=2):
    queue, seen, order = asyncio.Queue(), {start}, []
    await queue.put(start)

    async def worker(name):
        while True:
            path = await queue.get()
            try:
                async with asyncio.timeout(0.2):
                    for link in await get(path):
                        if link not in seen:
                            seen.add(link)
                            queue.put_nowait(link)
                order.append(path)
            except TimeoutError:
                order.append(f"{path} timed out")
            finally:
                queue.task_done()

    tasks = [asyncio.create_task(worker(n), name=f"worker-{n}") for n in range(workers)]
    await queue.join()
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    return order, [type(result).__name__ for result in ended]


async def limited(n, gate, running):
    async with gate:
        running.append(n)
        most = len(running)
        await asyncio.sleep(0.001 * n)
        running.remove(n)
        return most


async def main():
    print(await crawl("/"))
    gate, running = asyncio.Semaphore(2), []
    print(max(await asyncio.gather(*(limited(n, gate, running) for n in range(5)))))

    async def later(value, wait=0.01):
        await asyncio.sleep(wait)
        return value

    done, pending = await asyncio.wait({asyncio.create_task(later(n, n / 50)) for n in (1, 20)}, return_when=asyncio.FIRST_COMPLETED)
    print([task.result() for task in done], len(pending))
    for task in pending:
        task.cancel()
    print([await task for task in asyncio.as_completed([later("slow", 0.05), later("fast", 0.001)])])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(get("/nope"))
            group.create_task(later("never", 5))
    except* LookupError as errors:
        print("group:", [str(error) for error in errors.exceptions])

    event, lock, log = asyncio.Event(), asyncio.Lock(), []

    async def waiter(name):
        await event.wait()
        async with lock:
            log.append(name)

    tasks = [asyncio.create_task(waiter(name)) for name in "abc"]
    await asyncio.sleep(0)
    event.set()
    await asyncio.gather(*tasks)
    print(log, lock.locked(), asyncio.current_task().get_name() != "", len(asyncio.all_tasks()))

    shielded = asyncio.create_task(later("kept", 0.02))
    try:
        await asyncio.wait_for(asyncio.shield(shielded), 0.001)
    except asyncio.TimeoutError:
        print("late", await shielded)

    async def cleaned():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("cleaning")
            raise

    task = asyncio.create_task(cleaned())
    await asyncio.sleep(0)
    task.cancel("enough")
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", task.cancelled(), error.args)
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(0.001, future.set_result, "set")
    print(await future, await asyncio.to_thread(pow, 2, 10), await loop.run_in_executor(None, len, "abc"))
    priority = asyncio.PriorityQueue()
    for n in (3, 1, 2):
        priority.put_nowait(n)
    print([priority.get_nowait() for _ in range(3)], priority.empty())


began = time.monotonic()
asyncio.run(main())
print(time.monotonic() - began < 5, random.Random(1).random() == random.Random(1).random())
with asyncio.Runner() as runner:
    print(runner.run(asyncio.sleep(0, "ran")))
