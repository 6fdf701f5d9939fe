"""Fills mail templates: string.Template, str.format with nested fields, and format specifications."""

import textwrap
from string import Formatter, Template


class Upper(Formatter):
    """Knows one more conversion: `{name!u}`."""

    def convert_field(self, value, conversion):
        if conversion == "u":
            return str(value).upper()
        return super().convert_field(value, conversion)

    def get_value(self, key, args, kwargs):
        if isinstance(key, str) and key not in kwargs:
            return f"<{key}?>"
        return super().get_value(key, args, kwargs)


class Money:
    def __init__(self, cents, currency="EUR"):
        self.cents, self.currency = cents, currency

    def __format__(self, spec):
        if spec == "short":
            return f"{self.cents / 100:,.0f}"
        return f"{format(self.cents / 100, spec or ',.2f')} {self.currency}"


order = {"customer": {"name": "Weber & Söhne", "id": 17}, "lines": [("Bolts", 1200, 4), ("Nuts, hex", 85, 120)]}

mail = Template("Dear $name,\nyour order ${id}0 costs $$$total. $missing stays.")
print(mail.safe_substitute(name=order["customer"]["name"], id=order["customer"]["id"], total="96"))
try:
    mail.substitute(name="x", id=1, total=2)
except KeyError as error:
    print("missing:", error)
try:
    Template("broken $ sign").substitute()
except ValueError as error:
    print(error)

print("{0[customer][name]} has {0[customer][id]:05d}, {0[lines][1][0]!r}".format(order))
for name, cents, count in order["lines"]:
    print("{:<12.8}|{:>10}|{:^7}|{:>14}".format(name, Money(cents), count, f"{Money(cents * count)}"))
print(f"{Money(123456789):short} {Money(5)} {Money(99, 'CHF'):.1f}")

print(Upper().format("{name!u} and {other} and {0!r}", "pos", name="ada"))
width, precision = 12, 3
print(f"[{3.14159:{width}.{precision}f}] [{1234567:_}] [{255:#x}] [{255:#010b}] [{-0.5:+.0%}] [{1e9:.3e}] [{12345.678:g}]")
print(f"{order['customer']['id'] = }", f"{'quoted'!r:>10}", f"{{literal}}")

body = "This paragraph is much too long for a terminal of eighty columns, or of forty, and it is therefore wrapped with a hanging indent so that it reads well."
print(textwrap.fill(body, 44, initial_indent="* ", subsequent_indent="  "))
print(textwrap.shorten(body, 50, placeholder=" …"))
print(textwrap.dedent("""\
    one
      two
    three""").replace("\n", "/"))
print(textwrap.indent("a\n\nb", "> ", lambda line: True).splitlines())
