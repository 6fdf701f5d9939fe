# hostile: a callback that brings back what went
# expect: OK
import weakref

held = []


class Thing:
    def __del__(self):
        held.append(self)


for _ in range(100):
    thing = Thing()
    ref = weakref.ref(thing, lambda ref: held.append(ref()))
    del thing
assert len(held) >= 100
result = 1
