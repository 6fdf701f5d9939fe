"""A dict whose names have no case."""

from _web import Headers as CaseInsensitiveDict

__all__ = ("CaseInsensitiveDict",)
