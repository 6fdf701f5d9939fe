"""Threads, locks and pools, as scripts use them for waiting on many things; order is not relied on."""

import concurrent.futures
import contextvars
import queue
import sched
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait


def work(n):
    time.sleep(0.001 * (3 - n))
    if n == 2:
        raise ValueError(f"no {n}")
    return n * n


with ThreadPoolExecutor(max_workers=3, thread_name_prefix="w") as pool:
    futures = {pool.submit(work, n): n for n in range(4)}
    results = {}
    for future in as_completed(futures):
        try:
            results[futures[future]] = future.result()
        except ValueError as error:
            results[futures[future]] = str(error)
    print(sorted(results.items()))
    print(list(pool.map(pow, [1, 2, 3], [2, 2, 2])))
    done, not_done = wait([pool.submit(work, 0), pool.submit(work, 1)], return_when=concurrent.futures.ALL_COMPLETED)
    print(len(done), len(not_done), futures and all(future.done() for future in futures))
try:
    pool.submit(work, 1)
except RuntimeError as error:
    print(error)
future = Future()
future.add_done_callback(lambda f: print("called back with", f.result()))
future.set_result(5)

lock, total, seen = threading.Lock(), 0, queue.Queue()


def add(count):
    global total
    for _ in range(count):
        with lock:
            total += 1
    seen.put(threading.current_thread().name)


threads = [threading.Thread(target=add, args=(100,), name=f"t{n}", daemon=True) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total, sorted(seen.get() for _ in range(seen.qsize())), seen.empty(), any(thread.is_alive() for thread in threads), threading.main_thread().name)
event, local = threading.Event(), threading.local()
local.value = 1
print(event.is_set(), event.set(), event.wait(1), local.value, lock.acquire(blocking=False), lock.locked())
lock.release()
with threading.RLock() as outer, threading.Semaphore(2):
    print(outer)

var = contextvars.ContextVar("var", default="unset")
token = var.set("outer")
context = contextvars.copy_context()
context.run(var.set, "inner")
print(var.get(), context[var], context.run(var.get))
var.reset(token)
print(var.get())

scheduler, log = sched.scheduler(time.monotonic, time.sleep), []
scheduler.enter(0.02, 1, log.append, ("late",))
scheduler.enter(0.001, 2, log.append, argument=("early",))
cancelled = scheduler.enter(0.01, 1, log.append, ("never",))
scheduler.cancel(cancelled)
scheduler.run()
print(log, scheduler.empty())
items = queue.PriorityQueue()
for item in ((2, "b"), (1, "a")):
    items.put(item)
print(items.get(), items.get_nowait())
try:
    items.get_nowait()
except queue.Empty:
    print("empty")
timer = threading.Timer(0.001, print, ("rung",))
timer.start()
timer.join()
