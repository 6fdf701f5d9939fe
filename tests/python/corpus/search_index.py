"""A small search engine: tokens, stemming by rules, an inverted index, TF-IDF, prefix trees, spelling."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from functools import lru_cache

DOCUMENTS = {
    "a": "The quick brown fox jumps over the lazy dog. Foxes are quick!",
    "b": "Lazy programmers write quick scripts; scripts that jump over boring work.",
    "c": "A dog's life: eating, sleeping, jumping. Dogs never get bored.",
    "d": "Writing tests is boring until the tests find what the programmer did not.",
}
STOP = frozenset("a the is are over that what did not until get".split())
RULES = [(re.compile(pattern), put) for pattern, put in (("'s$", ""), ("ies$", "y"), ("(x|s|ch)es$", r"\1"), ("([^aeiou])([^aeiou])ing$", r"\1\2"), ("ing$", ""), ("([^s])s$", r"\1"), ("ed$", ""), ("mmer", "m"))]


@lru_cache(None)
def stem(word: str) -> str:
    for pattern, put in RULES:
        word, changed = pattern.subn(put, word)
        if changed:
            break
    return word


def tokens(text: str) -> list[str]:
    return [stem(word) for word in re.findall(r"[a-z]+(?:'s)?", text.lower()) if word not in STOP]


class Trie:
    def __init__(self) -> None:
        self.children: dict[str, Trie] = {}
        self.word: str | None = None

    def add(self, word: str) -> None:
        node = self
        for letter in word:
            node = node.children.setdefault(letter, Trie())
        node.word = word

    def starting(self, prefix: str):
        node = self
        for letter in prefix:
            if (node := node.children.get(letter)) is None:
                return
        stack = [node]
        while stack:
            node = stack.pop()
            if node.word:
                yield node.word
            stack.extend(child for _, child in sorted(node.children.items(), reverse=True))


class Index:
    def __init__(self, documents: dict[str, str]) -> None:
        self.counts = {name: Counter(tokens(text)) for name, text in documents.items()}
        self.where: defaultdict[str, set[str]] = defaultdict(set)
        self.trie = Trie()
        for name, counts in self.counts.items():
            for word in counts:
                self.where[word].add(name)
                self.trie.add(word)

    def idf(self, word: str) -> float:
        return math.log(1 + len(self.counts) / len(self.where[word])) if word in self.where else 0.0

    def search(self, query: str, most: int = 3):
        words = tokens(query)
        scores = {name: sum(counts[word] / counts.total() * self.idf(word) for word in words) for name, counts in self.counts.items()}
        return heapq.nlargest(most, ((round(score, 4), name) for name, score in scores.items() if score))

    def all_of(self, query: str) -> set[str]:
        return set.intersection(*(self.where.get(word, set()) for word in tokens(query)))

    def suggest(self, word: str) -> str | None:
        letters = "abcdefghijklmnopqrstuvwxyz"
        splits = [(word[:n], word[n:]) for n in range(len(word) + 1)]
        edits = {a + b[1:] for a, b in splits if b} | {a + c + b[1:] for a, b in splits if b for c in letters} | {a + c + b for a, b in splits for c in letters} | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        return max(sorted(edits & self.where.keys()), key=lambda found: sum(c[found] for c in self.counts.values()), default=None)


index = Index(DOCUMENTS)
print(sorted(index.where)[:8], len(index.where))
for query in ("quick fox", "boring tests", "programmer", "jumping dogs", "zebra"):
    print(f"{query:<14}", index.search(query))
print(sorted(index.all_of("quick jump")), sorted(index.all_of("lazy")), index.all_of("zebra lazy"))
print(list(index.trie.starting("w")), list(index.trie.starting("s")), list(index.trie.starting("zz")))
print([index.suggest(word) for word in ("quik", "fxo", "dogg", "zzzz")], stem.cache_info().hits > 0)
highlight = re.compile("|".join(rf"\b{re.escape(word)}\w*" for word in ("quick", "script")), re.I)
print(highlight.sub(lambda m: f"[{m[0]}]", DOCUMENTS["b"]))
