"""Tables of documents, as files: `tables/<table>/<id>.json` holds what the document says, and nothing else.

A document a file merges well: devices that change two documents apart both keep what they did, and where they changed one, the workspace
shows both versions. Times are not in it: the workspace's history has who and when. A table needs no making; `create` keeps its description
in `tables/<table>.table.json`.
"""

from . import _store, _where
from ._errors import ValidationError
from ._models import BatchDeleteResult, BatchResult, DocumentData, DocumentList, TableInfo

__all__ = (
    "count",
    "create",
    "delete",
    "delete_batch",
    "delete_document",
    "get",
    "insert",
    "insert_batch",
    "list",
    "query",
    "update",
    "upsert",
    "upsert_batch",
)

FOLDER = "tables"

_NAME_STARTS = "abcdefghijklmnopqrstuvwxyz"
_NAME_HAS = _NAME_STARTS + "0123456789_-"


async def create(name, description=None, table_schema=None, scope=None, app=None):
    """Describes a table."""
    _store.checked_scope(scope)
    if not isinstance(name, str) or name[:1] not in _NAME_STARTS or not name or name.strip(_NAME_HAS):
        raise ValidationError(f"{name!r} is no name of a table: small letters, digits, `_` and `-`, a letter first")
    path = _described(name)
    try:
        _store.read(path)
    except FileNotFoundError:
        _store.write(path, {"name": name, "description": description, "table_schema": table_schema})
        return TableInfo(id=name, name=name, description=description, table_schema=table_schema)
    raise ValidationError(f"there is a table {name!r} already")


async def list(scope=None, app=None):
    """All tables, by name."""
    _store.checked_scope(scope)
    return [_table(name) for name in sorted({*_store.listed(FOLDER, ".table.json"), *_folders()})]


async def delete(table_id, scope=None, app=None):
    """Removes a table and its documents. Gives whether there was one."""
    import shutil

    _store.checked_scope(scope)
    described = _store.remove(_described(table_id))
    try:
        shutil.rmtree(_folder(table_id))
    except FileNotFoundError:
        return described
    return True


async def insert(table, data, id=None, scope=None, app=None):
    """Adds a document, whose id is new."""
    _store.checked_scope(scope)
    if id is None:
        # Ids that are made later come later in order.
        import uuid

        id = str(uuid.uuid7())
    elif _document(table, id) is not None:
        raise ValidationError(f"the table {table!r} has a document {id!r} already")
    return _keep(table, id, data)


async def upsert(table, id, data, scope=None, app=None):
    """Adds a document, or replaces the one of that id."""
    _store.checked_scope(scope)
    return _keep(table, id, data)


async def get(table, doc_id, scope=None, app=None):
    """A document; `None` where there is none."""
    _store.checked_scope(scope)
    return _document(table, doc_id)


async def update(table, doc_id, data, scope=None, app=None):
    """Changes members of a document and leaves the others. Gives `None` where there is none."""
    _store.checked_scope(scope)
    found = _document(table, doc_id)
    return None if found is None else _keep(table, doc_id, {**found.data, **data})


async def delete_document(table, doc_id, scope=None, app=None):
    """Removes a document. Gives whether there was one."""
    _store.checked_scope(scope)
    return _store.remove(_path(table, doc_id))


async def insert_batch(table, documents, scope=None, app=None):
    """Adds documents, each `{"id": …, "data": …}` or what it says alone; none where one can't be added."""
    given = [_parts(document) for document in documents]
    named = [id for id, _ in given if id is not None]
    for id in named:
        if named.count(id) > 1 or await get(table, id, scope) is not None:
            raise ValidationError(f"the table {table!r} has a document {id!r} already")
    added = [await insert(table, data, id, scope) for id, data in given]
    return BatchResult(documents=added, count=len(added))


async def upsert_batch(table, documents, scope=None, app=None):
    """Adds or replaces documents, each `{"id": …, "data": …}`."""
    given = [_parts(document) for document in documents]
    if any(id is None for id, _ in given):
        raise ValidationError('each document of a batch to upsert is {"id": …, "data": …}')
    kept = [await upsert(table, id, data, scope) for id, data in given]
    return BatchResult(documents=kept, count=len(kept))


async def delete_batch(table, doc_ids, scope=None, app=None):
    """Removes documents. Gives which there were."""
    gone = [id for id in doc_ids if await delete_document(table, id, scope)]
    return BatchDeleteResult(deleted_ids=gone, count=len(gone))


async def query(table, where=None, order_by=None, order_dir="asc", limit=100, offset=0, scope=None, app=None):
    """Documents that fit, in order: by a member, and then by id."""
    _store.checked_scope(scope)
    if order_dir not in ("asc", "desc"):
        raise ValidationError(f"order_dir is 'asc' or 'desc', and not {order_dir!r}")
    if limit < 0 or offset < 0:
        raise ValidationError("limit and offset are not negative")
    found = _fitting(table, where)
    if order_by is not None:
        found.sort(key=lambda document: _where.order_key(_where.member(document.data, order_by)))
    if order_dir == "desc":
        found.reverse()
    return DocumentList(documents=found[offset : offset + limit], total=len(found), limit=limit, offset=offset)


async def count(table, where=None, scope=None, app=None):
    """How many documents fit."""
    _store.checked_scope(scope)
    if where is None:
        return len(_store.listed(_folder(table)))
    return len(_fitting(table, where))


def _fitting(table, where):
    fits = _where.compiled(where)
    documents = (_document(table, id) for id in _store.listed(_folder(table)))
    return [document for document in documents if document is not None and fits(document.data)]


def _document(table, id):
    path = _path(table, id)
    try:
        data = _store.read(path)
    except FileNotFoundError:
        return None
    if not isinstance(data, dict):
        raise ValidationError(f"{path} holds no object, and a document is one")
    return DocumentData(id=id, table_id=table, data=data)


def _keep(table, id, data):
    if not isinstance(data, dict):
        raise ValidationError(f"a document is a dict, and not a {type(data).__name__}")
    path = _path(table, id)
    _store.write(path, data)
    # As anybody else will read it.
    return DocumentData(id=id, table_id=table, data=_store.read(path))


def _parts(document):
    if isinstance(document, dict) and document.keys() <= {"id", "data"} and isinstance(document.get("data"), dict):
        return document.get("id"), document["data"]
    return None, document


def _folder(table):
    return f"{FOLDER}/{_store.file_name(table, 'name of a table')}"


def _described(table):
    return f"{_folder(table)}.table.json"


def _path(table, id):
    return f"{_folder(table)}/{_store.file_name(id, 'document id')}.json"


def _folders():
    import os

    try:
        with os.scandir(FOLDER) as entries:
            return [_store.key_of(entry.name) for entry in entries if entry.is_dir()]
    except FileNotFoundError:
        return []


def _table(name):
    try:
        kept = _store.read(_described(name))
    except FileNotFoundError:
        kept = {}
    return TableInfo(id=name, name=name, description=kept.get("description"), table_schema=kept.get("table_schema"))
