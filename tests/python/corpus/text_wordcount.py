"""Counts the words of a letter and reports the most frequent ones, longest lines and a histogram."""

import re
import string
from collections import Counter, defaultdict

LETTER = """\
Dear Ms. Okonkwo,

thank you for your letter of the 3rd. The invoice you mention -- number 2024/117 --
was paid on the 28th; the bank's confirmation is attached. Please don't hesitate
to write again if the payment hasn't arrived: the bank says it can take up to
five days, and the invoice says fourteen.

Kind regards,
the accounts team of the Zürich office
"""

STOP = {"the", "of", "to", "it", "is", "on", "if", "for", "and", "a", "you"}


def words(text):
    for match in re.finditer(r"[^\W\d_]+(?:'[^\W\d_]+)?", text):
        yield match.group().lower()


def main():
    counts = Counter(word for word in words(LETTER) if word not in STOP)
    for word, count in sorted(counts.most_common(5), key=lambda pair: (-pair[1], pair[0])):
        print(f"{word:<12}{count:>3}")

    by_length = defaultdict(list)
    for word in sorted(set(words(LETTER))):
        by_length[len(word)].append(word)
    for length in sorted(by_length, reverse=True)[:3]:
        print(length, ", ".join(by_length[length]))

    lines = LETTER.splitlines()
    print(max(lines, key=len))
    print([len(line.split()) for line in lines])

    table = str.maketrans({mark: None for mark in string.punctuation})
    print(lines[0].translate(table).title())
    print("Zürich".casefold(), "STRASSE".casefold() == "straße".casefold(), "ß".upper())
    total = sum(counts.values())
    print("unique %d of %d, %.1f%%" % (len(counts), total, 100 * len(counts) / total))


if __name__ == "__main__":
    main()
