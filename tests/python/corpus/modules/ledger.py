"""A ledger that programs of the corpus import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Entry", "Ledger", "LedgerError"]


class LedgerError(Exception):
    def __init__(self, account: str, missing: int):
        super().__init__(f"{account} lacks {missing}")
        self.account, self.missing = account, missing


@dataclass(frozen=True)
class Entry:
    debit: str
    credit: str
    amount: int


class Ledger:
    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def post(self, debit: str, credit: str, amount: int) -> Ledger:
        short = amount - self.balance(credit)
        if credit != "equity" and short > 0:
            raise LedgerError(credit, short)
        self._entries.append(Entry(debit, credit, amount))
        return self

    def balance(self, account: str) -> int:
        return sum(e.amount * ((e.debit == account) - (e.credit == account)) for e in self)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


_private = "not exported"
