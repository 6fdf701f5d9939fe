"""Numbers as text and bits: bases, rounding, floats at their edges, big integers, formats of every kind."""

import math
import sys

for number in (0, 7, 255, -42, 2**64):
    print(f"{number:>22,} {number:#b}"[:60], f"{number:x} {number:o} {number.bit_length()} {number.bit_count()}")
print(0b1010, 0o17, 0xFF, 1_000_000, int("1010", 2), int("zz", 36), int(" -12 "), int("٤٢"), int(-3.9), int(True))
print(7 // 2, -7 // 2, 7 % -3, -7 % 3, divmod(-7, 2), 2**10, 2**-1, pow(7, 100, 13), ~5, 5 & 3, 5 | 3, 5 ^ 3, 1 << 40, -16 >> 2)
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234.5, -2), round(1e20), round(5, -1))
print(0.1 + 0.2, 1 / 3, 1e100, 1e-100, 100.0, 1e22, 123456789012345680.0, -0.0, 1.0, float("1e3"), 2.0**0.5)
print(float("inf") > 1e308, float("nan") == float("nan"), math.isnan(float("nan")), 1e308 * 10, -math.inf, math.inf - math.inf != 0, sys.float_info.epsilon, sys.float_info.max)
print((0.5).hex(), float.fromhex("0x1.8p3"), (0.75).as_integer_ratio(), (3.0).is_integer(), 1.5.__trunc__(), math.nextafter(1, 2), math.ulp(1.0))
for spec in ("10.3f", "<10.2e|", "^+12.1%", "010d", "_d", "+,d", "x>8d", "e", "g", ".3g", "n", "c"):
    value = 65 if spec[-1] in "dcn" else 1234.5678
    print(f"[{value:{spec.rstrip('|')}}]", end=" ")
print()
print("{:08.3f} {:+} {: } {:.0f} {:#.0f} {:.10g} {:,.2f} {!r}".format(3.14159, 5, 5, 2.5, 2.5, 0.1, 1e6, 1e16))
print("%5.1f|%-8d|%+d|%e|%g|%x|%#o|%05.1f|%s|%5s|%.2s" % (3.14159, 42, 7, 12345.678, 1e-5, 255, 8, 2.5, 1e3, "ab", "xyz"))
big = math.factorial(50)
print(big, len(str(2**1000)), big % 1000007, math.isqrt(10**40), str(3**100)[::-1][:10], hash(2**61 - 1), hash(1.0) == hash(1), hash(0.5) == hash(0.5))
print(int.from_bytes(b"\xff\x00", "big"), int.from_bytes(b"\xff\x00", "little", signed=True), (300).to_bytes(3, "big"), (1).__add__(2), (5).__rsub__(7), (1.5).__floor__())
for text in ("12a", "", "0x10", "1_", "1__0", "1.5", "１２"):
    try:
        print(int(text), end=" ")
    except ValueError:
        print(f"no {text!r}", end=" ")
print()
for text in ("1e5", "inf", "-Infinity", "nan", ".5", "5.", "1_0.5", "0x1p3", "1e", "abc"):
    try:
        print(float(text), end=" ")
    except ValueError:
        print(f"no {text!r}", end=" ")
print()
for act in (lambda: 1 / 0, lambda: 1 % 0, lambda: 0**-1, lambda: math.sqrt(-1), lambda: math.log(0), lambda: 1e300**2, lambda: int("9" * 5000), lambda: int(float("inf")), lambda: "5" * 2.0, lambda: math.factorial(-1)):
    try:
        act()
        print("fine", end=" ")
    except (ArithmeticError, ValueError, TypeError) as error:
        print(type(error).__name__, end=" ")
print()
print(sum([0.1] * 10) == 1.0, math.fsum([0.1] * 10) == 1.0, math.sumprod([1, 2], [3, 4]) if hasattr(math, "sumprod") else 11, min(3, 1.5), max(True, 0), abs(-5), sorted([3, 1.5, True]))
print(complex(1, -2), (1 + 2j) ** 2, abs(3 - 4j), complex("1e2-3j"), (2 + 0j) == 2, repr(-0j), (1 + 2j).conjugate())
print(bool(0.0), bool("0"), bool([]), not None, 1 < 2 < 3, 1 == 1.0 == True, 3 is not None, True + True, "a" < "b", (1, "a") < (1, "b"))
