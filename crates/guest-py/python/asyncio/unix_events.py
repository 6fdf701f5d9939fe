"""The event loop of a run: callbacks that are due, and a sleep until the next one is."""

import collections
import contextvars
import heapq
import os
import sys
import time
import warnings
import weakref

from . import coroutines, events, exceptions, futures, tasks
from .log import logger

__all__ = ("EventLoop", "to_thread")

# How often a turn looks for more to do before others are let in: tasks that never wait would keep answers out.
PASSES_MAX = 1000


class EventLoop(events.AbstractEventLoop):
    """Runs callbacks in the order in which they were due."""

    def __init__(self):
        self._ready = collections.deque()
        self._scheduled = []
        self._running = False
        self._stopping = False
        self._closed = False
        self._debug = False
        self._handler = None
        self._task_factory = None
        self._generators = weakref.WeakSet()
        # Whether whoever runs the loop goes back to the host while it waits, and brings the answers to what was asked.
        self.goes_back = False

    # Running.

    def _enter(self):
        self._check_closed()
        if self._running:
            raise RuntimeError("This event loop is already running")
        if events._get_running_loop() is not None:
            raise RuntimeError("Cannot run the event loop while another loop is running")
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._generators.add, finalizer=self._finalize)
        events._set_running_loop(self)
        self._running = True
        return hooks

    def _leave(self, hooks):
        self._running = False
        self._stopping = False
        events._set_running_loop(None)
        sys.set_asyncgen_hooks(*hooks)

    def run_forever(self):
        hooks = self._enter()
        try:
            while True:
                self._wait()
                self._run_due()
                if self._stopping:
                    break
        finally:
            self._leave(hooks)

    def turn(self, until):
        """Runs what is due, as long as something is and `until` is not done. Gives when something will be, on this loop's clock;
        `None` when nothing will."""
        hooks = self._enter()
        try:
            for _ in range(PASSES_MAX):
                if until.done() or not self._run_due():
                    break
        finally:
            self._leave(hooks)
        if self._ready:
            return self.time()
        self._drop_cancelled()
        return self._scheduled[0]._when if self._scheduled else None

    def run_until_complete(self, future):
        self._check_closed()
        new = not futures.isfuture(future)
        future = tasks.ensure_future(future, loop=self)
        if new:
            future._log_destroy_pending = False

        def done(_):
            self.stop()

        future.add_done_callback(done)
        try:
            self.run_forever()
        except:
            if new and future.done() and not future.cancelled():
                future.exception()
            raise
        finally:
            future.remove_done_callback(done)
        if not future.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return future.result()

    def _drop_cancelled(self):
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False

    def _wait(self):
        """Sleeps until something is due."""
        self._drop_cancelled()
        if not self._ready and not self._stopping:
            if not self._scheduled:
                raise RuntimeError("the program waits for something that nothing can bring any more")
            wait = self._scheduled[0]._when - self.time()
            if wait > 0:
                time.sleep(wait)

    def _run_due(self):
        """Runs what is due now. Gives whether anything was."""
        now = self.time()
        while self._scheduled and self._scheduled[0]._when <= now:
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False
            self._ready.append(handle)
        due = len(self._ready)
        for _ in range(due):
            handle = self._ready.popleft()
            if not handle._cancelled:
                handle._run()
        return due > 0

    def stop(self):
        self._stopping = True

    def is_running(self):
        return self._running

    def is_closed(self):
        return self._closed

    def close(self):
        if self._running:
            raise RuntimeError("Cannot close a running event loop")
        self._closed = True
        self._ready.clear()
        self._scheduled.clear()

    def _check_closed(self):
        if self._closed:
            raise RuntimeError("Event loop is closed")

    # Callbacks.

    def time(self):
        return time.monotonic()

    def call_soon(self, callback, *args, context=None):
        self._check_closed()
        handle = events.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        if delay is None:
            raise TypeError("delay must not be None")
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        if when is None:
            raise TypeError("when cannot be None")
        self._check_closed()
        timer = events.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def _timer_handle_cancelled(self, handle):
        pass

    # Futures and tasks.

    def create_future(self):
        return futures.Future(loop=self)

    def create_task(self, coro, **kwargs):
        self._check_closed()
        if self._task_factory is not None:
            return self._task_factory(self, coro, **kwargs)
        task = tasks.Task(coro, loop=self, **kwargs)
        try:
            return task
        finally:
            # Without this, an exception of the task would hold its frame.
            del task

    def set_task_factory(self, factory):
        if factory is not None and not callable(factory):
            raise TypeError("task factory must be a callable or None")
        self._task_factory = factory

    def get_task_factory(self):
        return self._task_factory

    async def run_in_executor(self, executor, func, *args):
        """There are no threads: the function is called when it is its turn."""
        await tasks.sleep(0)
        return func(*args)

    def set_default_executor(self, executor):
        pass

    async def shutdown_default_executor(self, timeout=None):
        pass

    # Asynchronous generators.

    def _finalize(self, generator):
        self._generators.discard(generator)
        if not self._closed:
            self.call_soon(self.create_task, generator.aclose())

    async def shutdown_asyncgens(self):
        generators = list(self._generators)
        self._generators.clear()
        results = await tasks.gather(*(each.aclose() for each in generators), return_exceptions=True)
        for result, generator in zip(results, generators):
            if isinstance(result, Exception):
                message = f"an error occurred during closing of asynchronous generator {generator!r}"
                self.call_exception_handler({"message": message, "exception": result, "asyncgen": generator})

    # What goes wrong.

    def get_exception_handler(self):
        return self._handler

    def set_exception_handler(self, handler):
        if handler is not None and not callable(handler):
            raise TypeError(f"A callable object or None is expected, got {handler!r}")
        self._handler = handler

    def default_exception_handler(self, context):
        message = context.get("message") or "Unhandled exception in event loop"
        lines = [message]
        lines += [f"{key}: {value!r}" for key, value in sorted(context.items()) if key not in ("message", "exception")]
        logger.error("\n".join(lines), exc_info=context.get("exception"))

    def call_exception_handler(self, context):
        if self._handler is None:
            self.default_exception_handler(context)
        else:
            self._handler(self, context)

    def get_debug(self):
        return self._debug

    def set_debug(self, enabled):
        self._debug = enabled


class _DefaultEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = EventLoop


async def to_thread(func, /, *args, **kwargs):
    """There are no threads: the function is called when it is its turn."""
    await tasks.sleep(0)
    return func(*args, **kwargs)
