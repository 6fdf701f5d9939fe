"""Cleans names from several systems: normal forms, categories, transliteration, and what encodings do to them."""

import unicodedata

NAMES = ["Zoë", "Zoe\u0308", "ＡＢＣ", "Łukasz", "İstanbul", "Ångström", "naïve café", "Đặng", "x\u200by", "½ ² Ⅳ"]


def slug(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    kept = (c for c in decomposed if not unicodedata.combining(c))
    mapped = "".join({"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ß": "ss"}.get(c, c) for c in kept)
    letters = ["-" if unicodedata.category(c).startswith(("Z", "P")) else c for c in mapped if c.isprintable()]
    return "".join(letters).lower()


for name in NAMES:
    print(f"{ascii(name):<32}{slug(name)}")

print(NAMES[0] == NAMES[1], unicodedata.normalize("NFC", NAMES[1]) == NAMES[0])
print([unicodedata.name(c) for c in "é€𝒳"])
print([unicodedata.category(c) for c in "aA1 _-+€\n"])
print(unicodedata.lookup("GREEK SMALL LETTER ALPHA"), unicodedata.numeric("½"), unicodedata.digit("²"))
print([unicodedata.east_asian_width(c) for c in "aＡ語"])

text = "Grüße, 語 😀"
for encoding in ("utf-8", "utf-16-le", "utf-32-be", "latin-1", "ascii", "cp1252"):
    try:
        print(encoding, len(text.encode(encoding)))
    except UnicodeEncodeError as error:
        print(encoding, error.start, error.end, error.reason)
print(text.encode("ascii", "replace"), text.encode("ascii", "backslashreplace"))
print(text.encode("ascii", "xmlcharrefreplace"), text.encode("ascii", "ignore"))
print(b"caf\xe9".decode("latin-1"), b"caf\xe9".decode("utf-8", "replace"))
try:
    b"caf\xe9".decode("utf-8")
except UnicodeDecodeError as error:
    print(error.start, error.object[error.start :])
raw = b"ab\xffcd".decode("utf-8", "surrogateescape")
print(ascii(raw), raw.encode("utf-8", "surrogateescape"))
print("".join(sorted("éeaàz", key=lambda c: (unicodedata.normalize("NFD", c)[0], c))))
print("ΣΑΣ".lower(), "ﬁ".upper(), "ǆ".title(), "I".lower(), len("👩‍👩‍👧"), "٣".isdigit(), int("٣"))
