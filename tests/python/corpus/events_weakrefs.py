"""An event bus that does not keep its listeners alive; weak references, finalizers, and what is freed when."""

import gc
import weakref
from collections import defaultdict
from contextlib import contextmanager


class Bus:
    def __init__(self):
        self.listeners = defaultdict(list)
        self.muted = 0

    def on(self, name, listener):
        ref = weakref.WeakMethod(listener) if hasattr(listener, "__self__") else weakref.ref(listener)
        self.listeners[name].append(ref)
        return listener

    def emit(self, name, *args):
        if self.muted:
            return 0
        alive = [(ref, listener) for ref in self.listeners[name] if (listener := ref()) is not None]
        self.listeners[name] = [ref for ref, _ in alive]
        for _, listener in alive:
            listener(*args)
        return len(alive)

    @contextmanager
    def mute(self):
        self.muted += 1
        try:
            yield
        finally:
            self.muted -= 1


class Screen:
    def __init__(self, name):
        self.name, self.lines = name, []

    def show(self, text):
        self.lines.append(text)
        print(f"{self.name}: {text}")

    def __del__(self):
        print("gone:", self.name)


class Node:
    def __init__(self, name, parent=None):
        self.name = name
        self.parent = weakref.proxy(parent) if parent else None
        self.children = []
        if parent:
            parent.children.append(self)


bus = Bus()
left, right = Screen("left"), Screen("right")
bus.on("say", left.show)
bus.on("say", right.show)


@lambda function: bus.on("say", function)
def counted(text):
    counted.calls = getattr(counted, "calls", 0) + 1


print(bus.emit("say", "hello"))
del right
print(bus.emit("say", "again"), counted.calls)
with bus.mute():
    print(bus.emit("say", "silent"))
print(bus.emit("nothing"))

root = Node("root")
child = Node("child", root)
print(child.parent.name, [c.name for c in root.children])
del root
try:
    print(child.parent.name)
except ReferenceError as error:
    print("ReferenceError")

cache = weakref.WeakValueDictionary()
screen = Screen("cached")
cache["a"] = screen
print("a" in cache, len(cache))
del screen
print("a" in cache, len(cache))
keyed = weakref.WeakKeyDictionary()
key = Node("key")
keyed[key] = 1
print(keyed[key], len(keyed))
del key
print(len(keyed), len(weakref.WeakSet([child])))

finalizer = weakref.finalize(left, print, "finalized", 1)
print(finalizer.alive)
del left
print(finalizer.alive, finalizer())
a, b = Node("a"), Node("b")
a.other, b.other = b, a
ref = weakref.ref(a, lambda _: print("cycle collected"))
del a, b
gc.collect()
print(ref() is None)
try:
    weakref.ref(5)
except TypeError:
    print("TypeError")
