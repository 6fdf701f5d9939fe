"""Files by location.

`workspace` is the workspace itself, `uploads` its folder `uploads/`, any other name its folder `files/<name>/`. `temp` is the run's own
and gone with it: nothing of it lands.
"""

import os

from ._errors import ValidationError

__all__ = ("delete", "exists", "list", "read", "read_bytes", "search", "write", "write_bytes")

_temp = {}


async def read(path, location="workspace", scope=None):
    """A file's text."""
    return (await read_bytes(path, location)).decode("utf-8")


async def read_bytes(path, location="workspace", scope=None):
    """A file's bytes; raises `FileNotFoundError`."""
    if location == "temp":
        path = _clean(path)
        if path not in _temp:
            raise FileNotFoundError(f"there is no file {path!r} in temp")
        return _temp[path]
    with open(_place(path, location), "rb") as file:
        return file.read()


async def write(path, content, location="workspace", scope=None):
    """Writes a text."""
    await write_bytes(path, content.encode("utf-8"), location)


async def write_bytes(path, content, location="workspace", scope=None):
    """Writes bytes, folders included."""
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
    if location == "temp":
        above = _clean(directory)
        above = f"{above}/" if above else ""
        names = {name[len(above) :].split("/")[0] for name in _temp if name.startswith(above)}
        if not names and above:
            raise FileNotFoundError(f"there is no folder {directory!r} in temp")
        return sorted(names)
    return sorted(os.listdir(_place(directory, location) or "/"))


async def delete(path, location="workspace", scope=None):
    """Removes a file, or a folder with everything in it; raises `FileNotFoundError`."""
    if location == "temp":
        path = _clean(path)
        gone = [name for name in _temp if name == path or name.startswith(path + "/")]
        if not gone:
            raise FileNotFoundError(f"there is nothing at {path!r} in temp")
        for name in gone:
            del _temp[name]
        return
    place = _place(path, location)
    if os.path.isdir(place):
        import shutil

        shutil.rmtree(place)
    else:
        os.remove(place)


async def exists(path, location="workspace", scope=None):
    """Whether there is a file or a folder."""
    if location == "temp":
        path = _clean(path)
        return any(name == path or name.startswith(path + "/") for name in _temp)
    return os.path.exists(_place(path, location) or "/")


async def search(query, location="workspace", pattern="*", limit=100, scope=None):
    """The lines that hold a text, whatever its case: `path`, `line` from 1 and `text`, of the files whose names fit a pattern."""
    import fnmatch

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


async def _below(location):
    if location == "temp":
        return [*_temp]
    root = _place("", location) or "/"
    inside = []
    for folder, _, names in os.walk(root):
        folder = os.path.relpath(folder, root)
        inside += [name if folder == "." else f"{folder}/{name}" for name in names]
    return inside


def _place(path, location):
    """A path from the workspace's root."""
    path = _clean(path)
    if location == "workspace":
        return path
    if location == "uploads":
        folder = "uploads"
    else:
        from ._store import file_name

        folder = f"files/{file_name(location, 'location')}"
    return f"{folder}/{path}" if path else folder


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
