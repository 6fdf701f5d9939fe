"""A ticket's life as enums: automatic values, flags, methods, aliases, transitions."""

from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


class State(Enum):
    OPEN = auto()
    WORKING = auto()
    WAITING = auto()
    CLOSED = 99
    DONE = 99

    @property
    def final(self):
        return self is State.CLOSED

    def next(self):
        return TRANSITIONS[self]

    @classmethod
    def parse(cls, text):
        try:
            return cls[text.upper()]
        except KeyError:
            raise ValueError(f"no state {text!r}; one of {', '.join(cls.__members__)}") from None

    @classmethod
    def _missing_(cls, value):
        return cls.OPEN if value == "new" else None


TRANSITIONS = {
    State.OPEN: (State.WORKING, State.CLOSED),
    State.WORKING: (State.WAITING, State.CLOSED),
    State.WAITING: (State.WORKING,),
    State.CLOSED: (),
}


class Right(Flag):
    READ = auto()
    WRITE = auto()
    SHARE = auto()
    EDIT = READ | WRITE


class Level(IntEnum):
    LOW = 10
    HIGH = 20


class Colour(StrEnum):
    RED = auto()
    DARK_BLUE = "dark-blue"


class Planet(Enum):
    EARTH = (5.97e24, 6.378e6)
    MARS = (6.42e23, 3.397e6)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    @property
    def gravity(self):
        return round(6.67430e-11 * self.mass / self.radius**2, 2)


class Mode(IntFlag):
    R = 4
    W = 2
    X = 1


print(list(State), State.DONE is State.CLOSED, State(2), State["WAITING"].value, State("new"))
print([state.name for state in State.OPEN.next()], State.CLOSED.final, State.CLOSED.next())
for text in ("working", "lost"):
    try:
        print(State.parse(text))
    except ValueError as error:
        print(error)
try:
    State(5)
except ValueError as error:
    print(error)
print(Right.READ | Right.SHARE, Right.EDIT, Right.WRITE in Right.EDIT, ~Right.READ, bool(Right.READ & Right.WRITE))
print([right.name for right in Right.EDIT], Right(0), len(Right.READ | Right.WRITE), Right.READ ^ Right.EDIT)
print(Level.HIGH > Level.LOW, Level.LOW + 1, sorted([Level.HIGH, Level.LOW]), f"{Level.HIGH}", f"{Level.HIGH:>4}", repr(Level.HIGH))
print(Colour.RED, Colour.DARK_BLUE.upper(), Colour("red") is Colour.RED, f"{Colour.RED!r:}", {Colour.RED: 1}["red"])
print([(planet.name, planet.gravity) for planet in Planet], Planet.MARS.value)
print(Mode.R | Mode.X, Mode(6), repr(Mode(7)), Mode.R | 8)
print(Enum("Size", "S M L").M, State.__members__["DONE"], isinstance(State.OPEN, State), hash(State.OPEN) == hash(State.OPEN))
try:

    @unique
    class Twice(Enum):
        A = 1
        B = 1

except ValueError as error:
    print(error)
try:
    class More(State):
        LOST = 5
except TypeError as error:
    print(type(error).__name__)
