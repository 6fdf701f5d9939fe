"""Small ciphers and column layouts: translate, zip_longest, slices, bytes and str side by side."""

import codecs
from itertools import cycle, zip_longest
from string import ascii_lowercase as LOWER, ascii_uppercase as UPPER


def shift(text, key):
    table = str.maketrans(LOWER + UPPER, LOWER[key:] + LOWER[:key] + UPPER[key:] + UPPER[:key])
    return text.translate(table)


def vigenere(text, password, sign=1):
    keys = cycle(LOWER.index(c) for c in password)
    return "".join(
        LOWER[(LOWER.index(c) + sign * next(keys)) % 26] if c in LOWER else c for c in text
    )


def columns(words, width):
    count = max(1, width // (max(map(len, words)) + 2))
    height = -(-len(words) // count)
    rows = zip_longest(*(words[start : start + height] for start in range(0, len(words), height)), fillvalue="")
    size = width // count
    return "\n".join("".join(word.ljust(size) for word in row).rstrip() for row in rows)


def rail_fence(text, rails):
    lines = [[] for _ in range(rails)]
    path = list(range(rails)) + list(range(rails - 2, 0, -1))
    for rail, char in zip(cycle(path), text):
        lines[rail].append(char)
    return "".join("".join(line) for line in lines)


secret = shift("Attack at dawn!", 3)
print(secret, shift(secret, -3), codecs.encode("Attack", "rot13"))
hidden = vigenere("meet me at nine", "lemon")
print(hidden, "->", vigenere(hidden, "lemon", -1))
print(rail_fence("WEAREDISCOVEREDFLEEATONCE", 3))
print(columns("apple banana cherry date elderberry fig grape honeydew".split(), 40))
print(bytes(b ^ 0x2A for b in b"xor me").hex(" "), bytes.fromhex("78 6f 72"))
print("desserts"[::-1], "abcdefgh"[1:7:2], "abc" * 2, "-".join("xyz"))
print("a,b,,c".split(","), "a b  c".split(), "k=v=w".partition("="), "k=v=w".rsplit("=", 1))
print("prefix_name".removeprefix("prefix_"), "file.tar.gz".removesuffix(".gz"), "tab\tx".expandtabs(8))
print("Mississippi".count("ss"), "Mississippi".find("ss", 4), "Mississippi".replace("ss", "SS", 1), "x".zfill(4), "-7".zfill(4))
print(b"abc".translate(None, b"b"), bytearray(b"abc").upper(), b"%d items" % 3, memoryview(b"hello")[1:4].tobytes())
