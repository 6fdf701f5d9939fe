"""Recipes scaled with fractions, best approximations, and numbers of every kind together."""

import cmath
import math
import numbers
import statistics
from fractions import Fraction

RECIPE = {"flour": "2 1/2", "sugar": "3/4", "eggs": "3", "milk": "0.625"}


def parse(text):
    return sum(Fraction(part) for part in text.split())


def pretty(value):
    whole, rest = divmod(value, 1)
    return " ".join(str(part) for part in (whole, rest) if part) or "0"


for name, text in RECIPE.items():
    amount = parse(text)
    print(f"{name:<6} {pretty(amount):>6} -> {pretty(amount * Fraction(2, 3)):>6} ({float(amount * 2 / 3):.3f})")
print(sum(Fraction(1, n) for n in range(1, 11)), Fraction(0.1).limit_denominator(100), Fraction(math.pi).limit_denominator(1000))
print(Fraction("1e-3"), Fraction(-6, 4), Fraction(3, 4) ** -2, Fraction(1, 4) ** 0.5, Fraction(7, 2) // 1, math.floor(Fraction(-7, 2)), round(Fraction(5, 2)))
print(Fraction(1, 3) + 1, Fraction(1, 3) + 0.5, Fraction(1, 2) == 0.5, {Fraction(1, 2): "half"}[0.5], Fraction(3, 4).as_integer_ratio())
try:
    Fraction(1, 0)
except ZeroDivisionError as error:
    print(error)


def continued(value, count):
    while count and value:
        whole = math.floor(value)
        yield whole
        value, count = value - whole, count - 1
        if value:
            value = 1 / value


print(list(continued(Fraction(415, 93), 10)), list(continued(Fraction(math.e), 8)))
print(math.gcd(84, 36, 60), math.lcm(4, 6, 10), math.isqrt(99), math.comb(10, 3), math.perm(5, 2), math.factorial(20), math.prod([1.5, 2, 3]))
print(math.fsum([0.1] * 10), sum([0.1] * 9) , math.isclose(0.1 * 3, 0.3), math.hypot(3, 4, 12), math.dist((0, 0), (1, 1)), math.copysign(1, -0.0))
print(math.frexp(10), math.ldexp(0.5, 4), math.modf(-3.25), math.fmod(-7, 3), -7 % 3, math.remainder(7, 4), math.trunc(-3.7), math.ceil(3.1), math.log2(1024), math.log(8, 2), math.log1p(0))
print((1 + 2j) * (3 - 1j), abs(3 + 4j), (1j) ** 2, complex("1+2j").conjugate(), cmath.sqrt(-1), round(cmath.phase(1j), 4), cmath.polar(1j)[0])
print(isinstance(Fraction(1), numbers.Rational), isinstance(1.5, numbers.Real), isinstance(True, numbers.Integral), isinstance(1j, numbers.Complex))
data = [2, 4, 4, 4, 5, 5, 7, 9]
print(statistics.mean(data), statistics.median(data), statistics.mode(data), statistics.pstdev(data), round(statistics.stdev(data), 4), statistics.multimode("aabbc"))
print(statistics.quantiles(data, n=4), statistics.fmean(data), statistics.harmonic_mean([40, 60]), round(statistics.geometric_mean([1, 2, 4]), 6), statistics.median_grouped([1, 2, 2, 3]))
print(statistics.mean([Fraction(1, 2), Fraction(1, 3)]), statistics.linear_regression([1, 2, 3], [2, 4, 6]), round(statistics.correlation([1, 2, 3], [1, 2, 4]), 4))
print(0.1 + 0.2, 1e16, 1e-5, 123456789.123456789, 5e-324, float.hex(0.5), (0.5).as_integer_ratio(), float("1_000.5"), int("0x1f", 16), int("-0b101", 0), 10**25, 7 // -2, 2**-1, pow(3, -1, 7))
