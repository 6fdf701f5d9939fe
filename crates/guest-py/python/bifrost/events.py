"""Events, as files: `events/<topic>/<id>.json`, which other flows and other devices find there. Nothing is started by them."""

from . import _store

__all__ = ("emit",)

FOLDER = "events"


async def emit(topic, data=None, scope=None):
    """Keeps an event. Gives its id; ids that are made later come later in order."""
    import datetime
    import uuid

    import selvage

    _store.checked_scope(scope)
    id = str(uuid.uuid7())
    event = {
        "id": id,
        "topic": topic,
        "at": datetime.datetime.now(datetime.UTC).isoformat(),
        "execution_id": selvage.run,
        "data": data,
    }
    _store.write(f"{FOLDER}/{_store.file_name(topic, 'topic')}/{id}.json", event)
    return id
