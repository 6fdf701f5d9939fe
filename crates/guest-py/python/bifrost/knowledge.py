"""Texts that are found by their words, as files: `knowledge/<namespace>/<key>.json`.

There is no model here that knows what words mean: `search` ranks by the words of the query that a text has, so "car" does not find
"vehicle". The ranking is BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009), divided by the best that
a text could have, so that a score lies between 0 and 1.
"""

from . import _store
from ._errors import ValidationError
from ._models import KnowledgeDocument, NamespaceInfo

__all__ = ("delete", "delete_namespace", "get", "list_namespaces", "search", "store", "store_many")

FOLDER = "knowledge"

# How soon more of one word stops to count, and how much a long text is held against it: the paper's usual values.
_K1 = 1.2
_B = 0.75


async def store(content, *, namespace="default", key=None, metadata=None, scope=None):
    """Keeps a text. Gives its id, which is its key where it has one."""
    import uuid

    _store.checked_scope(scope)
    if not isinstance(content, str):
        raise ValidationError(f"content is a text, and not a {type(content).__name__}")
    id = str(uuid.uuid7()) if key is None else key
    _store.write(_path(namespace, id), {"content": content, "key": key, "metadata": metadata or {}})
    return id


async def store_many(documents, *, namespace="default", scope=None):
    """Keeps texts, each `{"content": …, "key": …, "metadata": …}`. Gives their ids."""
    return [
        await store(one.get("content"), namespace=namespace, key=one.get("key"), metadata=one.get("metadata"), scope=scope)
        for one in documents
    ]


async def get(key, *, namespace="default", scope=None):
    """The text of a key; `None` where there is none."""
    _store.checked_scope(scope)
    try:
        return _document(namespace, key)
    except FileNotFoundError:
        return None


async def delete(key, *, namespace="default", scope=None):
    """Removes a text. Gives whether there was one."""
    _store.checked_scope(scope)
    return _store.remove(_path(namespace, key))


async def delete_namespace(namespace, *, scope=None):
    """Removes all texts of a namespace. Gives how many there were."""
    _store.checked_scope(scope)
    return sum(_store.remove(_path(namespace, key)) for key in _store.listed(_folder(namespace)))


async def list_namespaces(scope=None, include_global=True):
    """The namespaces that have texts, by name."""
    import os

    _store.checked_scope(scope)
    try:
        names = sorted(_store.key_of(name) for name in os.listdir(FOLDER))
    except FileNotFoundError:
        return []
    counts = {name: len(_store.listed(_folder(name))) for name in names}
    return [NamespaceInfo(namespace=name, scopes={"global": n, "org": 0, "total": n}) for name, n in counts.items() if n]


async def search(query, *, namespace="default", limit=5, min_score=None, metadata_filter=None, scope=None, fallback=True):
    """The texts that have the most telling words of a query, the best first."""
    _store.checked_scope(scope)
    namespaces = [namespace] if isinstance(namespace, str) else namespace
    documents = [_document(name, key) for name in namespaces for key in _store.listed(_folder(name))]
    wanted = {*_words(query)}
    counted = [_counted(document) for document in documents]
    lengths = [sum(counts.values()) for counts in counted]
    mean = sum(lengths) / len(lengths) if lengths else 1
    rarity = {word: _rarity(sum(word in counts for counts in counted), len(counted)) for word in wanted}
    best = sum(rarity.values()) * (_K1 + 1) or 1
    found = []
    for document, counts, length in zip(documents, counted, lengths):
        if any((document.metadata or {}).get(name) != value for name, value in (metadata_filter or {}).items()):
            continue
        norm = _K1 * (1 - _B + _B * length / mean) if mean else _K1
        score = sum(rarity[word] * counts[word] * (_K1 + 1) / (counts[word] + norm) for word in wanted if counts.get(word))
        document.score = score / best
        if score and document.score >= (min_score or 0):
            found.append(document)
    found.sort(key=lambda document: (-document.score, document.id))
    return found[:limit]


def _words(text):
    word = []
    for c in text.casefold():
        if c.isalnum():
            word.append(c)
        elif word:
            yield "".join(word)
            word = []
    if word:
        yield "".join(word)


def _counted(document):
    counts = {}
    for word in _words(document.content):
        counts[word] = counts.get(word, 0) + 1
    return counts


def _rarity(having, all):
    import math

    return math.log(1 + (all - having + 0.5) / (having + 0.5))


def _document(namespace, key):
    path = _path(namespace, key)
    kept = _store.read(path)
    if not isinstance(kept, dict) or not isinstance(kept.get("content"), str):
        raise ValidationError(f'{path} is to be an object like {{"content": "…"}}')
    return KnowledgeDocument(
        id=key,
        namespace=namespace,
        content=kept["content"],
        metadata=kept.get("metadata"),
        score=None,
        key=kept.get("key"),
    )


def _folder(namespace):
    return f"{FOLDER}/{_store.file_name(namespace, 'namespace')}"


def _path(namespace, key):
    return f"{_folder(namespace)}/{_store.file_name(key)}.json"
