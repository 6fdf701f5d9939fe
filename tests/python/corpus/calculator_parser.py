"""A calculator by recursive descent: tokens, precedence, functions, variables and error places."""

import math
import operator
import re
from typing import Callable, Iterator, NamedTuple


class Token(NamedTuple):
    kind: str
    text: str
    at: int


class CalcError(Exception):
    pass


SPEC = [("number", r"\d+(?:\.\d*)?(?:e[-+]?\d+)?"), ("name", r"[a-z_]\w*"), ("op", r"\*\*|//|[-+*/%^()=,!]"), ("space", r"\s+"), ("wrong", r".")]
SCANNER = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in SPEC), re.I)
BINARY: dict[str, tuple[int, bool, Callable]] = {
    "+": (1, False, operator.add), "-": (1, False, operator.sub), "*": (2, False, operator.mul), "/": (2, False, operator.truediv),
    "//": (2, False, operator.floordiv), "%": (2, False, operator.mod), "**": (4, True, operator.pow), "^": (4, True, operator.pow),
}


def scan(text: str) -> Iterator[Token]:
    for match in SCANNER.finditer(text):
        if match.lastgroup == "wrong":
            raise CalcError(f"at {match.start()}: unexpected {match.group()!r}")
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), match.start())
    yield Token("end", "", len(text))


class Calculator:
    functions = {"sqrt": math.sqrt, "max": max, "round": round, "sin": math.sin}

    def __init__(self) -> None:
        self.names: dict[str, float] = {"pi": math.pi}

    def run(self, text: str) -> float:
        self.tokens = list(scan(text))
        self.index = 0
        if len(self.tokens) > 2 and self.tokens[0].kind == "name" and self.tokens[1].text == "=":
            self.index = 2
            value = self.names[self.tokens[0].text] = self.expression(0)
        else:
            value = self.expression(0)
        if self.peek.kind != "end":
            self.fail("an operator")
        return value

    @property
    def peek(self) -> Token:
        return self.tokens[self.index]

    def take(self, *texts: str) -> Token | None:
        token = self.peek
        if not texts or token.text in texts:
            self.index += 1
            return token
        return None

    def fail(self, wanted: str):
        raise CalcError(f"at {self.peek.at}: expected {wanted}, found {self.peek.text or 'the end'!r}")

    def expression(self, least: int) -> float:
        value = self.unary()
        while (op := self.peek.text) in BINARY and BINARY[op][0] >= max(least, 1):
            level, right, act = BINARY[op]
            self.take()
            value = act(value, self.expression(level if right else level + 1))
        return value

    def unary(self) -> float:
        if token := self.take("-", "+"):
            value = self.expression(3)
            return -value if token.text == "-" else value
        value = self.atom()
        while self.take("!"):
            value = math.factorial(int(value))
        return value

    def atom(self) -> float:
        token = self.take()
        match token:
            case Token("number", text):
                return float(text) if re.search("[.e]", text, re.I) else int(text)
            case Token("name", name) if self.take("("):
                args = [self.expression(0)]
                while self.take(","):
                    args.append(self.expression(0))
                self.take(")") or self.fail("`)`")
                return self.functions[name](*args)
            case Token("name", name):
                if name not in self.names:
                    raise CalcError(f"unknown name {name}")
                return self.names[name]
            case Token(_, "("):
                value = self.expression(0)
                self.take(")") or self.fail("`)`")
                return value
        self.index -= 1
        self.fail("a value")


calc = Calculator()
for line in ("1 + 2 * 3", "(1 + 2) * 3", "-2 ** 2", "2 ^ 3 ^ 2", "x = 10 / 4", "x * 2 - 1", "7 // 2 % 2", "max(1, sqrt(16), x)", "5! / 3!", "round(pi, 2)", "1.5e2", "2 *", "(1", "1 $ 2", "y", "1 2", "1 / 0", "sqrt(-1)"):
    try:
        print(f"{line:<20} = {calc.run(line)}")
    except CalcError as error:
        print(f"{line:<20} ! {error}")
    except (ArithmeticError, ValueError) as error:
        print(f"{line:<20} ! {type(error).__name__}")
