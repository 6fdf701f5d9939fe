"""Where the package keeps things: one file a thing, in a folder by kind, so that two devices that change two things never meet.

A file holds JSON with one member a line, as people and comparisons of texts read it best.
"""

import json
import os

from ._errors import ValidationError, WorkflowError

__all__ = ("checked_scope", "file_name", "key_of", "listed", "read", "remove", "write")

# A name in a path has at most 255 bytes, of which a suffix takes some.
NAME_BYTES_MAX = 240

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-@+=, .")


def checked_scope(scope):
    """Takes the one scope that there is: a workspace is a scope, and what it sees of its parents is a part of it."""
    if scope not in ("", None, "workspace", "global", "GLOBAL"):
        from ._errors import NotAvailable

        raise NotAvailable(
            f"There is no scope {scope!r}: a workspace is one scope, and has its parents' files at their own paths. Leave `scope` out."
        )


def file_name(key, what="key"):
    """The name of a key's file: letters and digits as they are, and what a path can't have as `%` and its bytes."""
    if not isinstance(key, str) or not key:
        raise ValidationError(f"a {what} is a text that is not empty, and not {key!r}")
    plain = "".join(c if c in _PLAIN or (c > "\x7f" and c.isalnum()) else "".join(f"%{b:02X}" for b in c.encode("utf-8", "surrogatepass")) for c in key)
    if plain[0] == "." or plain[-1] in ". ":
        plain = "".join(f"%{ord(c):02X}" if i in (0, len(plain) - 1) and c in ". " else c for i, c in enumerate(plain))
    if not plain.isascii():
        import unicodedata

        plain = unicodedata.normalize("NFC", plain)
    if len(plain.encode()) > NAME_BYTES_MAX:
        raise ValidationError(f"a {what} is too long: {key[:40]!r}…")
    return plain


def key_of(name):
    """The key that a file's name stands for."""
    if "%" not in name:
        return name
    first, *rest = name.encode().split(b"%")
    try:
        return (first + b"".join(bytes.fromhex(part[:2].decode()) + part[2:] for part in rest)).decode("utf-8", "surrogatepass")
    except ValueError:
        return name


def read(path):
    """What a file holds; raises `FileNotFoundError` where there is none."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        return json.loads(text)
    except ValueError as error:
        raise WorkflowError(f"{path} is no JSON: {error}. Mend the file; its history has what it was.") from None


def write(path, value):
    """Writes a value into a file, and makes the folder."""
    try:
        text = json.dumps(value, indent=2, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise ValidationError(f"what goes into {path} must have a form in JSON: {error}") from None
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def remove(path):
    """Removes a file. Gives whether there was one."""
    try:
        os.remove(path)
    except FileNotFoundError:
        return False
    return True


def listed(folder, suffix=".json"):
    """The keys of a folder's files, in order."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(key_of(name.removesuffix(suffix)) for name in names if name.endswith(suffix))


def _plain(value):
    """What stands for a value that JSON has no form for."""
    isoformat = getattr(value, "isoformat", None)
    if isoformat is not None:
        return isoformat()
    kind = type(value).__name__
    if kind in ("Decimal", "UUID", "PosixPath", "Fraction"):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None:
        return {name: getattr(value, name) for name in fields}
    raise TypeError(f"a {kind} has none")
