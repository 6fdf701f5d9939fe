"""How one function of a file is run: begun, driven from turn to turn, and ended."""

import selvage
import sys
import types

from . import _context

__all__ = ("Run",)

_COROUTINE = 0x80
_WAITS_OR_YIELDS = 0x20 | 0x80 | 0x200


class Run:
    """A call. `turn` goes on with it as far as it can go now; then it is over, or it waits for answers."""

    def __init__(self, module, function, takes, arguments, parameters):
        self.result = None
        self.error = None
        self._loop = None
        self._main = None
        self._frame = None
        self._wakes = {}
        self._called = getattr(module, function)
        described = getattr(self._called, "_executable_metadata", None) or {}
        context = _context.begin(described.get("name") or function, parameters)
        self._given = _complete(self._called, takes, arguments, context)

    def turn(self):
        """Goes on, and gives whether it is over: then there is a result, or an error."""
        try:
            return self._begin() if self._loop is None else self._drive()
        except BaseException as error:
            self.error = error.with_traceback(_outside(error.__traceback__))
            return True

    def answer(self, number, value, body, error):
        """Takes the answer to a question of the run."""
        if self._wakes.pop(number, None) is None:
            sys.modules["_host"].answer(number, value, body, error)

    def variables(self):
        """What the function took and had, without what is private or code."""
        found = {**self._given[1], **(self._frame.f_locals if self._frame is not None else {})}
        left_out = (types.ModuleType, _context.ExecutionContext)
        return {
            name: value
            for name, value in found.items()
            if not name.startswith("_") and not callable(value) and not isinstance(value, left_out)
        }

    def _begin(self):
        first, arguments = self._given
        called = self._called
        if type(called) is types.FunctionType and not called.__code__.co_flags & _WAITS_OR_YIELDS:
            coroutine = _as_coroutine(called)(*first, **arguments)
            self._frame = coroutine.cr_frame
            try:
                coroutine.send(None)
            except StopIteration as stop:
                found = stop.value
        else:
            found = called(*first, **arguments)
        if not hasattr(found, "__await__"):
            self.result = found
            return True
        self._frame = getattr(found, "cr_frame", None)
        import asyncio

        self._loop = asyncio.new_event_loop()
        self._loop.goes_back = True
        asyncio.set_event_loop(self._loop)
        self._main = self._loop.create_task(_main(found))
        return self._drive()

    def _drive(self):
        due = self._loop.turn(self._main)
        if self._main.done():
            self.result = self._main.result()
            return True
        host = sys.modules.get("_host")
        if due is not None:
            if not any(wake <= due for wake in self._wakes.values()):
                left = max(due - self._loop.time(), 0.0)
                self._wakes[selvage.ask_sleep(left * 1000)] = due
        elif host is None or not host.waits():
            raise RuntimeError("the program waits for something that nothing can bring any more")
        return False


async def _main(found):
    """The call, and after it the end of whatever it left behind, as `asyncio.run` has it."""
    import asyncio

    try:
        return await found
    finally:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_asyncgens()


def _as_coroutine(function):
    """The same function as a coroutine that never waits: the frame of a coroutine can be held, and with it the variables."""
    code = function.__code__
    code = code.replace(co_flags=code.co_flags | _COROUTINE)
    same = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    same.__kwdefaults__ = function.__kwdefaults__
    same.__qualname__ = function.__qualname__
    return same


def _complete(called, takes, arguments, context):
    """The context where it is taken first, and the arguments with `None` for what may be left out and has no default."""
    function = called
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    if code is None:
        return (), arguments
    positional = code.co_varnames[: code.co_argcount]
    named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = {*positional[len(positional) - len(function.__defaults__ or ()) :], *(function.__kwdefaults__ or ())}
    arguments = {**{name: None for name in takes if name in named and name not in defaults}, **arguments}
    if not named or named[0] in takes:
        return (), arguments
    if positional:
        return (context,), arguments
    return (), {named[0]: context, **arguments}


def _outside(traceback):
    """A traceback from where the workspace's own code begins."""
    inner = traceback
    while inner is not None and inner.tb_frame.f_code.co_filename.startswith("<frozen "):
        inner = inner.tb_next
    return inner or traceback
