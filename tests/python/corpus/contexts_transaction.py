"""Context managers: a transaction that rolls back, stacks, suppressed errors, redirected output, re-entrance."""

import contextlib
import io
import os
import tempfile


class Store:
    def __init__(self):
        self.data, self.log = {}, []

    @contextlib.contextmanager
    def transaction(self, name):
        before = dict(self.data)
        self.log.append(f"begin {name}")
        try:
            yield self.data
        except ValueError as error:
            self.data = before
            self.log.append(f"rollback {name}: {error}")
            raise
        else:
            self.log.append(f"commit {name}")
        finally:
            self.log.append(f"end {name}")


class Timer:
    """Old style: the two methods, and no help."""

    def __enter__(self):
        print("started")
        return self

    def __exit__(self, kind, error, traceback):
        print("stopped by", kind.__name__ if kind else None)
        return kind is ZeroDivisionError


store = Store()
with store.transaction("first") as data:
    data["a"] = 1
try:
    with store.transaction("second") as data:
        data["a"] = 2
        raise ValueError("no")
except ValueError:
    pass
print(store.data, store.log)

with Timer():
    1 / 0
with Timer() as one, contextlib.suppress(KeyError, IndexError):
    [][0]
print(type(one).__name__)

with contextlib.ExitStack() as stack:
    files = [stack.enter_context(io.StringIO(text)) for text in ("one", "two")]
    stack.callback(print, "last")
    stack.push(lambda kind, error, traceback: print("saw", kind))
    print([file.read() for file in files])
print([file.closed for file in files])

out = io.StringIO()
with contextlib.redirect_stdout(out):
    print("hidden")
    with contextlib.redirect_stderr(out):
        import sys

        print("also", file=sys.stderr)
print(repr(out.getvalue()))

with contextlib.closing(io.BytesIO(b"x")) as raw, contextlib.nullcontext("given") as given:
    print(raw.read(), given)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.txt")
    with open(path, "w") as file, (contextlib.nullcontext()):
        file.write("kept")
    print(os.listdir(folder), os.path.getsize(path))
print(os.path.exists(folder))


@contextlib.contextmanager
def tag(name):
    print(f"<{name}>", end="")
    yield
    print(f"</{name}>")


@tag("b")
def bold(text):
    print(text, end="")


bold("decorated")
bold("twice")
try:
    with tag("i"), tag("u"):
        raise OSError("inside")
except OSError as error:
    print("", error, sep="|")
stack = contextlib.ExitStack()
with contextlib.suppress(RuntimeError):
    with stack:
        stack.callback(print, "cleaned")
        moved = stack.pop_all()
        raise RuntimeError
print("later", end=" ")
moved.close()
