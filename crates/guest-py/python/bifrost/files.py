"""Files by location.

`workspace` is the workspace itself, `uploads` its folder `uploads/`, any other plain name its folder `files/<name>/`. `temp` is the run's
own and gone with it: nothing of it lands.
"""

import contextlib
import os

from . import _store
from ._errors import ValidationError, refusal

__all__ = ("delete", "exists", "list", "read", "read_bytes", "search", "write", "write_bytes")

_OWN = ("workspace", "uploads", "temp")

_temp = {}


class UnknownLocation(ValidationError, FileNotFoundError):
    """A location that nothing was written to; whoever expects that a file may be missing expects this, too."""


async def read(path, location="workspace", scope=None):
    """A file's text."""
    return (await read_bytes(path, location, scope)).decode("utf-8")


async def read_bytes(path, location="workspace", scope=None):
    """A file's bytes; raises `FileNotFoundError`."""
    _check(location, scope)
    if location == "temp":
        path = _clean(path)
        if path not in _temp:
            raise FileNotFoundError(f"there is no file {path!r} in temp")
        return _temp[path]
    with _there(path, location) as place, open(place, "rb") as file:
        return file.read()


async def write(path, content, location="workspace", scope=None):
    """Writes a text."""
    if not isinstance(content, str):
        raise ValidationError(f"files.write takes a text, and not a {type(content).__name__}: files.write_bytes takes bytes")
    await write_bytes(path, content.encode("utf-8"), location, scope)


async def write_bytes(path, content, location="workspace", scope=None):
    """Writes bytes, folders included."""
    _check(location, scope)
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise ValidationError(f"files.write_bytes takes bytes, and not a {type(content).__name__}: files.write takes a text")
    if location == "temp":
        _temp[_clean(path)] = bytes(content)
        return
    place = _place(path, location)
    if folder := os.path.dirname(place):
        os.makedirs(folder, exist_ok=True)
    with open(place, "wb") as file:
        file.write(content)


async def list(directory="", location="workspace", scope=None):
    """The names in a folder, in order."""
    _check(location, scope)
    if location == "temp":
        above = _clean(directory)
        above = f"{above}/" if above else ""
        names = {name[len(above) :].split("/")[0] for name in _temp if name.startswith(above)}
        if not names and above:
            raise FileNotFoundError(f"there is no folder {directory!r} in temp")
        return sorted(names)
    with _there(directory, location) as place:
        return sorted(os.listdir(place or "/"))


async def delete(path, location="workspace", scope=None):
    """Removes a file, or a folder with everything in it; raises `FileNotFoundError`."""
    _check(location, scope)
    if location == "temp":
        path = _clean(path)
        gone = [name for name in _temp if name == path or name.startswith(path + "/")]
        if not gone:
            raise FileNotFoundError(f"there is nothing at {path!r} in temp")
        for name in gone:
            del _temp[name]
        return
    with _there(path, location) as place:
        if os.path.isdir(place):
            import shutil

            shutil.rmtree(place)
        else:
            os.remove(place)


async def exists(path, location="workspace", scope=None):
    """Whether there is a file or a folder."""
    _check(location, scope)
    if location == "temp":
        path = _clean(path)
        return any(name == path or name.startswith(path + "/") for name in _temp)
    return os.path.exists(_place(path, location) or "/")


async def search(query, location="workspace", pattern="*", limit=100, scope=None):
    """The lines that hold a text, whatever its case: `path`, `line` from 1 and `text`, of the files whose names fit a pattern."""
    import fnmatch

    _check(location, scope)
    wanted = query.casefold()
    found = []
    for path in sorted(await _below(location)):
        if not fnmatch.fnmatch(path, pattern):
            continue
        try:
            text = await read(path, location)
        except (UnicodeDecodeError, PermissionError):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if wanted in line.casefold():
                found.append({"path": path, "line": number, "text": line})
                if len(found) >= limit:
                    return found
    return found


get_signed_url = refusal("files.get_signed_url", "it needs a server that hands files out. A person has the file in the workspace")


async def _below(location):
    if location == "temp":
        return [*_temp]
    if location not in _OWN:
        await list("", location)
    root = _place("", location) or "/"
    inside = []
    for folder, _, names in os.walk(root):
        folder = os.path.relpath(folder, root)
        inside += [name if folder == "." else f"{folder}/{name}" for name in names]
    return inside


def _check(location, scope):
    """Takes the locations that there are, and the one scope."""
    _store.checked_scope(scope)
    if location in _OWN:
        return
    if _store.file_name(location, "location") != location or location[0] == "_" or location.lower() in _OWN:
        raise ValidationError(f"there is no location {location!r}: it is workspace, uploads, temp, or the plain name of a folder in `files/`")


@contextlib.contextmanager
def _there(path, location):
    """A path from the workspace's root, at which something is to be."""
    try:
        yield _place(path, location)
    except FileNotFoundError:
        if location in _OWN or os.path.isdir(_place("", location)):
            raise
        raise UnknownLocation(f"there is no location {location!r} yet: the first file that is written to it makes it, as `files/{location}/`") from None


def _place(path, location):
    """A path from the workspace's root."""
    path = _clean(path)
    folder = {"workspace": "", "uploads": "uploads"}.get(location, f"files/{location}")
    return f"{folder}/{path}" if folder and path else folder or path


def _clean(path):
    """A path inside of its location."""
    parts = []
    for part in os.fspath(path).split("/"):
        if part == "..":
            if not parts:
                raise ValidationError(f"{path!r} points outside of its location")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
