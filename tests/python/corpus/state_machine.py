"""A vending machine as coroutines, a parser of its log, and a check of all paths; classes made by functions."""

import enum
import functools
import itertools
from collections import Counter, namedtuple
from types import MethodType, SimpleNamespace

Event = namedtuple("Event", ["kind", "value"], defaults=[None])
PRICES = {"tea": 120, "coffee": 150}


class Machine:
    class State(enum.Enum):
        IDLE, PAID, OFF = range(3)

    def __init__(self):
        self.state, self.money, self.log = self.State.IDLE, 0, []
        self._hooks = {}

    def when(*states):
        def decorate(method):
            @functools.wraps(method)
            def wrapper(self, *args):
                if self.state not in states:
                    raise RuntimeError(f"{method.__name__} while {self.state.name.lower()}")
                before = self.state
                result = method(self, *args)
                if self.state is not before:
                    self.log.append(f"{before.name}->{self.state.name}")
                    for hook in self._hooks.get(self.state, ()):
                        hook(self)
                return result

            wrapper.states = states
            return wrapper

        return decorate

    @when(State.IDLE, State.PAID)
    def insert(self, cents):
        self.money += cents
        self.state = self.State.PAID

    @when(State.PAID)
    def choose(self, name):
        price = PRICES[name]
        if price > self.money:
            return f"{(price - self.money) / 100:.2f} missing"
        self.money -= price
        if not self.money:
            self.state = self.State.IDLE
        return name

    @when(State.PAID)
    def back(self):
        change, self.money = self.money, 0
        self.state = self.State.IDLE
        return list(coins(change))

    @when(State.IDLE, State.PAID)
    def off(self):
        self.state = self.State.OFF

    def hook(self, state):
        return lambda function: self._hooks.setdefault(state, []).append(function)


def coins(amount, kinds=(200, 100, 50, 20, 10)):
    for kind in kinds:
        count, amount = divmod(amount, kind)
        yield from itertools.repeat(kind, count)


def replay(machine):
    result = None
    while True:
        event = yield result
        try:
            method = getattr(machine, event.kind)
            result = method(*([] if event.value is None else [event.value]))
        except (RuntimeError, KeyError, AttributeError) as error:
            result = error


machine = Machine()


@machine.hook(Machine.State.IDLE)
def idle(machine):
    machine.log.append(f"idle with {machine.money}")


session = replay(machine)
next(session)
for event in (Event("choose", "tea"), Event("insert", 100), Event("choose", "tea"), Event("insert", 200), Event("choose", "coffee"), Event("choose", "milk"), Event("back"), Event("dance"), Event("off"), Event("insert", 1)):
    print(f"{event.kind:<7}{event.value or '':<7}", repr(session.send(event)))
print(machine.log)
print(Counter(step.partition("->")[2] for step in machine.log if "->" in step), Machine.insert.states[0], Machine.insert.__name__)


def reachable():
    """Every state that four steps lead to, by trying all of them."""
    steps = [Event("insert", 50), Event("choose", "tea"), Event("back"), Event("off")]
    for path in itertools.product(steps, repeat=4):
        run = replay(fresh := Machine())
        next(run)
        results = [run.send(event) for event in path]
        yield fresh.state.name, sum(isinstance(result, Exception) for result in results)


found = Counter(reachable())
print(sorted(found.items())[:4], sum(found.values()))
plain = SimpleNamespace(count=0)
plain.up = MethodType(lambda self, by=1: setattr(self, "count", self.count + by) or self, plain)
print(plain.up().up(3).count, type("Made", (Machine,), {"__doc__": "made", "extra": property(lambda self: self.money * 2)})().extra)
