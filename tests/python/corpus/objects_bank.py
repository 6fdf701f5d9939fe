"""Classes of every kind: properties, class and static methods, operators, slots, mixins, super, iteration protocols."""

import functools


class InsufficientFunds(Exception):
    def __init__(self, account, amount):
        self.account, self.amount = account, amount
        super().__init__(f"{account.owner} lacks {amount - account.balance:.2f}")


class Logged:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log = []

    def note(self, text):
        self.log.append(f"{type(self).__name__}: {text}")


class Account:
    rate = 0.01
    _count = 0

    def __init__(self, owner, balance=0.0):
        self.owner, self._balance = owner, balance
        Account._count += 1

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, value):
        if value < 0:
            raise InsufficientFunds(self, self._balance - value)
        self._balance = value

    @classmethod
    def opened(cls):
        return f"{cls.__name__} of {cls._count}"

    @staticmethod
    def valid(number):
        digits = [int(d) for d in reversed(number) if d.isdigit()]
        return sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2]) and (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0

    def __iadd__(self, amount):
        self.balance += amount
        return self

    def __repr__(self):
        return f"<{self.owner} {self.balance:.2f}>"

    def __eq__(self, other):
        return isinstance(other, Account) and self.owner == other.owner

    def __hash__(self):
        return hash(self.owner)

    def __bool__(self):
        return self.balance > 0


class Savings(Logged, Account):
    rate = 0.05

    def interest(self):
        self += self.balance * self.rate
        self.note(f"interest to {self.balance:.2f}")


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y) if isinstance(other, Vector) else NotImplemented

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k) if isinstance(k, (int, float)) else self.x * k.x + self.y * k.y

    __rmul__ = __mul__

    def __matmul__(self, other):
        return self.x * other.y - self.y * other.x

    def __neg__(self):
        return -1 * self

    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5

    def __iter__(self):
        yield from (self.x, self.y)

    def __eq__(self, other):
        return tuple(self) == tuple(other)

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __len__(self):
        return 2

    def __format__(self, spec):
        return f"({self.x:{spec}}, {self.y:{spec}})"

    def __contains__(self, value):
        return value in tuple(self)


class Lazy:
    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self.asked.append(name)
        return lambda *args: (name, args)

    @functools.cached_property
    def costly(self):
        self.asked.append("computed")
        return 42

    def __call__(self, *args, **kwargs):
        return args, kwargs

    def __setitem__(self, key, value):
        self.asked.append((key, value))

    def __delitem__(self, key):
        self.asked.append(f"del {key}")

    def __dir__(self):
        return ["only", "these"]


ann, bob = Account("Ann", 100), Savings("Bob", 50.0)
ann += 25
bob.interest()
print(ann, bob, bob.log, Account.opened(), Savings.opened(), bool(Account("Zoe")))
try:
    ann += -500
except InsufficientFunds as error:
    print(error, error.account is ann)
print([cls.__name__ for cls in Savings.__mro__], Account.valid("4111 1111 1111 1111"), Account.valid("4111 1111 1111 1112"), ann == Account("Ann"), len({ann, Account("Ann"), bob}))
v = Vector(3, 4)
print(abs(v), f"{v + Vector(1, 1):.1f}", list(2 * v), v * v, v @ Vector(1, 0), sum([v, v]) == (6, 8), 3 in v, v[1], [*(-v)], len(v))
for act in (lambda: v + 1, lambda: setattr(v, "z", 1), lambda: v[2], lambda: Account.balance.fget(3)):
    try:
        act()
    except Exception as error:
        print(type(error).__name__, end=" ")
print()
lazy = Lazy()
lazy["k"] = 1
del lazy["k"]
print(lazy.anything(1), lazy.costly, lazy.costly, lazy.asked, lazy(1, a=2), dir(lazy), hasattr(lazy, "__len__"))
print(vars(ann), getattr(ann, "nothing", "default"), callable(lazy), isinstance(bob, (int, Account)), issubclass(Savings, Logged), type(ann).__qualname__)
