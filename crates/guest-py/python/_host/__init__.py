"""What a run asks of its host and waits for: each question is a future until its answer comes.

The raw side is the module `selvage`: `ask_tool` and `ask_fetch` begin a question and give its number, and `answer` is called when the
answer to a number has come.
"""

import asyncio
import selvage

__all__ = ("HostError", "answer", "fetch", "goes_back", "tool", "waits")

_waiting = {}


class HostError(Exception):
    """The host refused, or failed at, what it was asked for. `code` is one of the closed list, `hint` says what to do."""

    def __init__(self, code, message, hint=None, path=None):
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.path = path

    def __str__(self):
        said = f"{self.code}: {self.args[0]}"
        return f"{said} {self.hint}" if self.hint else said


async def tool(name, input):
    """Calls a tool that the run is granted, and gives its value."""
    value, _ = await _question(selvage.ask_tool, name, input)
    return value


async def fetch(method, url, headers, body):
    """Fetches through the run's grant, and gives what the host says of the answer, and its bytes."""
    return await _question(selvage.ask_fetch, method, url, headers, body)


def goes_back():
    """Whether the loop that runs can wait for the host."""
    return asyncio.get_running_loop().goes_back


def _question(ask, *asked):
    loop = asyncio.get_running_loop()
    if not loop.goes_back:
        raise RuntimeError("this waits for the host, which only a workflow that is `async def` can: `asyncio.run` within a run can't")
    number = ask(*asked)
    future = loop.create_future()
    _waiting[number] = future
    future.add_done_callback(lambda _: _waiting.pop(number, None))
    return future


def waits():
    """Whether an answer is still to come."""
    return bool(_waiting)


def answer(number, value, body, error):
    """Takes an answer: a value and its bytes, or the parts of an error. Nobody may wait for it any more."""
    future = _waiting.get(number)
    if future is None or future.done():
        return
    if error is None:
        future.set_result((value, body))
    else:
        future.set_exception(HostError(*error))
