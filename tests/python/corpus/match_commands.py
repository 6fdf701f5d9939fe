"""Structural pattern matching: commands, nested data, classes, guards, captures, sequences of any length."""

from dataclasses import dataclass
from enum import Enum


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Point:
    x: int
    y: int


@dataclass
class Line:
    start: Point
    end: Point


class Word:
    __match_args__ = ("text",)

    def __init__(self, text):
        self.text = text


def run(command):
    match command.split():
        case []:
            return "nothing"
        case ["go", ("north" | "south" | "east" | "west") as where]:
            return f"going {where}"
        case ["go", other]:
            return f"no way {other}"
        case ["take", *things] if len(things) > 2:
            return f"too much: {', '.join(things)}"
        case ["take", first, *rest]:
            return f"taking {first} and {rest}"
        case ["say", *_, last]:
            return f"...{last}"
        case [single]:
            return f"what is {single}?"
        case _:
            return "hm"


def shape(value):
    match value:
        case None | False:
            return "nothing"
        case True:
            return "yes"
        case 0 | 0.0:
            return "zero"
        case int(n) | float(n) if n < 0:
            return f"negative {n}"
        case int() as n:
            return f"whole {n}"
        case str("a" | "b" as letter):
            return f"letter {letter}"
        case Word(text) | {"word": str(text)}:
            return f"word {text}"
        case Point(x=0, y=0):
            return "origin"
        case Line(Point(x1, y1), Point(x=x2)) if x1 == x2:
            return f"vertical at {x1} from {y1}"
        case Line(start=Point() as p):
            return f"line from {p}"
        case Colour.RED:
            return "red!"
        case {"type": "user", "name": str(name), **rest}:
            return f"user {name} {sorted(rest)}"
        case {"items": [{"id": first}, *_]}:
            return f"first {first}"
        case (1, (2, [3, *tail])):
            return f"nested {tail}"
        case [x, y, z]:
            return f"three {x} {y} {z}"
        case bytes() | bytearray():
            return "bytes"
        case {}:
            return "a mapping"
        case _:
            return f"other {type(value).__name__}"


for command in ("", "go north", "go up", "take a b c d", "take lamp", "say a b c", "look", "look at"):
    print(run(command))
for value in (None, True, 0, -2.5, 7, "b", "c", Word("hi"), {"word": "w", "n": 1}, Point(0, 0), Line(Point(1, 2), Point(1, 5)), Line(Point(1, 2), Point(2, 2)),
              Colour.RED, Colour.BLUE, {"type": "user", "name": "ann", "age": 3}, {"items": [{"id": 9}, {}]}, (1, (2, [3, 4, 5])), range(3), b"x", {}, {1, 2}, 2.5):
    print(shape(value))


def evaluate(tree):
    match tree:
        case ("+", left, right):
            return evaluate(left) + evaluate(right)
        case ("*", *factors):
            result = 1
            for factor in factors:
                result *= evaluate(factor)
            return result
        case ("neg", inner):
            return -evaluate(inner)
        case int() | float():
            return tree
        case _:
            raise ValueError(f"not a tree: {tree!r}")


print(evaluate(("+", 1, ("*", 2, 3, ("neg", 4)))))
try:
    evaluate(("/", 1))
except ValueError as error:
    print(error)
match [1, [2, 3]]:
    case [a, [b, *c]] if a > b:
        print("no")
    case [a, [b, *c]]:
        print(a, b, c)
