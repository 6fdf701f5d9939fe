"""Values by name, as files in `configs/`.

`configs/<key>.json` is `{"config_type": …, "value": …}`; a file that holds any other JSON is the value itself. A value that is marked as
secret is kept as plainly as any other: the mark keeps it out of records and logs, and out of nothing else.
"""

import selvage

from . import _store

__all__ = ("ConfigData", "delete", "get", "list", "set")

FOLDER = "configs"


class ConfigData:
    """All values, by attribute and by key."""

    def __init__(self, data):
        self.data = data

    def __getattr__(self, key):
        return self.__dict__["data"].get(key)

    def __getitem__(self, key):
        return self.data[key]

    def __contains__(self, key):
        return key in self.data

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)

    def keys(self):
        return self.data.keys()

    def values(self):
        return self.data.values()

    def items(self):
        return self.data.items()

    def get(self, key, default=None):
        return self.data.get(key, default)


async def get(key, default=None, scope=None):
    """The value of a key."""
    _store.checked_scope(scope)
    try:
        return _value(_store.read(_path(key)))
    except FileNotFoundError:
        return default


async def set(key, value, is_secret=False, scope=None):
    """Keeps a value."""
    _store.checked_scope(scope)
    path = _path(key)
    try:
        kept = _store.read(path)
    except FileNotFoundError:
        kept = {}
    kept = {name: kept[name] for name in kept if name != "type"} if _is_entry(kept) else {}
    _store.write(path, {**kept, "config_type": "secret" if is_secret else _type(value), "value": value})
    if is_secret:
        selvage.secret(value)


async def list(scope=None):
    """All values."""
    _store.checked_scope(scope)
    return ConfigData({key: _value(_store.read(_path(key))) for key in _store.listed(FOLDER)})


async def delete(key, scope=None):
    """Removes a value. Gives whether there was one."""
    _store.checked_scope(scope)
    return _store.remove(_path(key))


def _path(key):
    return f"{FOLDER}/{_store.file_name(key)}.json"


def _is_entry(kept):
    return isinstance(kept, dict) and "value" in kept and ("config_type" in kept or "type" in kept)


def _value(kept):
    if not _is_entry(kept):
        return kept
    if (kept.get("config_type") or kept.get("type")) == "secret":
        selvage.secret(kept["value"])
    return kept["value"]


def _type(value):
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case str():
            return "string"
    return "json"
