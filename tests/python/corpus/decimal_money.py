"""Money: rounding modes, contexts, allocation of cents, VAT, and interest over years."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    getcontext,
    localcontext,
)

CENT = Decimal("0.01")


def allocate(total, ratios):
    """Splits an amount so that the parts sum up to it, the first parts getting the odd cents."""
    cents = int((total / CENT).to_integral_value())
    parts = [cents * ratio // sum(ratios) for ratio in ratios]
    for index in range(cents - sum(parts)):
        parts[index] += 1
    return [CENT * part for part in parts]


for text in ("2.675", "2.665", "-2.5", "1e3", "0.005"):
    value = Decimal(text)
    print(text, *(value.quantize(CENT, rounding) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN, ROUND_CEILING)))
print(allocate(Decimal("100.00"), [1, 1, 1]), sum(allocate(Decimal("0.05"), [3, 7])))
print(Decimal("0.1") + Decimal("0.2") == Decimal("0.3"), Decimal(0.1), Decimal("1.10") == Decimal("1.1"), Decimal("1.10").normalize())
print(Decimal(1) / 3, Decimal(2).sqrt(), Decimal("1.05") ** 10, Decimal(10).ln(), Decimal("1e-7"), Decimal("1E+5"))

with localcontext() as context:
    context.prec = 6
    print(Decimal(1) / 7, Decimal("123456789") + 1, context.flags[Inexact])
print(getcontext().prec, Context(prec=3).divide(Decimal(2), 3), Context(prec=4, rounding=ROUND_DOWN).create_decimal("3.14159"))

net = [Decimal(price) for price in ("19.99", "5.00", "0.49")]
vat = sum(price * Decimal("0.19") for price in net).quantize(CENT, ROUND_HALF_UP)
print(sum(net), vat, f"{sum(net) + vat:,.2f}", f"{Decimal('1234567.891'):,.1f}", f"{Decimal('0.175'):.1%}", f"{Decimal('-5'):>+8}")

balance, rate = Decimal(1000), Decimal("0.035")
for year in range(1, 4):
    balance += (balance * rate).quantize(CENT)
    print(year, balance)
print(Decimal("12.345").as_tuple(), Decimal("-0").is_signed(), Decimal("NaN").is_nan(), Decimal("Infinity") > 10**100, Decimal((0, (1, 2), -1)))
print(divmod(Decimal("7.5"), 2), Decimal("-7") // 2, Decimal("-7") % 2, -7 // 2, round(Decimal("2.5")), round(Decimal("2.345"), 2), int(Decimal("-3.9")))
for act in (lambda: Decimal("abc"), lambda: Decimal(1) / 0, lambda: Decimal(1) + 0.5, lambda: Decimal("sNaN") + 1, lambda: Decimal(-1).sqrt()):
    try:
        print(act())
    except (InvalidOperation, DivisionByZero, TypeError) as error:
        print(type(error).__name__)
print(Decimal("3.0") == 3, hash(Decimal("3.0")) == hash(3), Decimal("0.5") == 0.5, max(Decimal("1.5"), 2), sorted([Decimal("1.1"), 1, 1.05]))
print(Decimal("123.456").adjusted(), Decimal("5").compare(Decimal("7")), Decimal("1.23E+3").to_eng_string(), Decimal("8").fma(2, 3), Decimal("100").scaleb(-2), Decimal(7).exp())
