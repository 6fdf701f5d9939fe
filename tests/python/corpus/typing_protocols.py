"""Types at run time: protocols, generics, typed dicts, named tuples, hints, overloads, new types."""

from __future__ import annotations

import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, NewType, Optional, Protocol, TypedDict, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload, runtime_checkable

T = TypeVar("T", bound="Shape")
K = TypeVar("K")
V = TypeVar("V")
UserId = NewType("UserId", int)


@runtime_checkable
class Closeable(Protocol):
    def close(self) -> None: ...


class Shape(ABC):
    @abstractmethod
    def area(self) -> float: ...

    @classmethod
    def largest(cls, shapes: Iterable[T]) -> T:
        return max(shapes, key=lambda shape: shape.area())

    def __init_subclass__(cls, /, sides: int = 0, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.sides = sides


class Square(Shape, sides=4):
    def __init__(self, side: float) -> None:
        self.side = side

    def area(self) -> float:
        return self.side**2


class Cache(Generic[K, V]):
    def __init__(self, load: Callable[[K], V]) -> None:
        self.load, self.found = load, dict[K, V]()

    def __getitem__(self, key: K) -> V:
        if key not in self.found:
            self.found[key] = self.load(key)
        return self.found[key]

    def __class_getitem__(cls, item):
        return super().__class_getitem__(item)


class Row(NamedTuple):
    id: int
    name: str = "?"
    tags: Sequence[str] = ()

    def label(self) -> str:
        return f"{self.id}:{self.name}"


class Movie(TypedDict, total=False):
    title: str
    year: int


Mode = Literal["r", "w"]


@overload
def double(value: int) -> int: ...
@overload
def double(value: str) -> str: ...
def double(value):
    return value * 2


def describe(row: Row, mode: Mode = "r", *rest: Optional[int], limit: Union[int, None] = None, **more: Mapping[str, float]) -> list[str] | None:
    """Nothing here is looked at before somebody asks."""


class File:
    def close(self):
        pass


print(isinstance(File(), Closeable), isinstance(3, Closeable), Square(2).area(), Square.sides, Shape.largest([Square(1), Square(3)]).side)
try:
    Shape()
except TypeError as error:
    print("abstract" in str(error))
print(Cache[str, int](len)["four"], get_origin(Cache[str, int]) is Cache, get_args(dict[str, list[int]]), get_origin(Optional[int]) is Union)
row = Row(1, tags=["a"])
print(row, row.label(), row._asdict(), row[:2], Row._field_defaults, row == (1, "?", ["a"]))
movie: Movie = {"title": "M"}
print(movie, Movie.__total__, sorted(Movie.__annotations__), sorted(Movie.__optional_keys__))
hints = get_type_hints(describe)
print(hints["mode"], hints["limit"] == Optional[int], hints["return"], list(hints), describe.__annotations__["row"])
print(double(4), double("ab"), UserId(5) + 1, UserId.__name__, cast(int, "x"), get_args(Mode), Any is typing.Any)
print(list[int], dict[str, int] | None, Callable[[int], str], Sequence[T], Literal["a", 1] == Literal[1, "a"], tuple[int, ...])
print(get_type_hints(Square.__init__), get_type_hints(Row), typing.get_type_hints(Cache.__init__)["load"])
try:
    isinstance([], list[int])
except TypeError as error:
    print("TypeError")


class Node(Generic[V]):
    value: V
    next: Optional[Node[V]] = None


print(Node.__parameters__, Node.__annotations__["next"], Node[int].__args__, Node.__orig_bases__)
