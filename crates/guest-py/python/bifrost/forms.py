"""Forms, as files: `forms/<name>.form.json`, `.form.yaml` or `.form.yml`. A person fills them in, so a workflow only looks at them.

A run has no reader of YAML. A form that is written in it is listed by its name, and `get` says so.
"""

import os

from . import _store
from ._errors import NotAvailable, ValidationError, WorkflowError, refusal
from ._models import FormPublic

__all__ = ("get", "list")

FOLDER = "forms"

_ENDINGS = (".form.json", ".form.yaml", ".form.yml")

# What the file and Bifrost call alike.
_SAME = ("description", "launch_workflow_id", "default_launch_params", "allowed_query_params", "access_level", "confirmation_markdown")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return refusal(f"forms.{name}", "forms are files in `forms/`. Write one with `files.write`; a person opens it and fills it in")


async def list():
    """All forms, by path; of one that can't be read, its name alone."""
    return [_listed(path) for path in _paths()]


async def get(form_id):
    """A form by its path, the name of its file, its id or its heading."""
    found = [path for path in _paths() if form_id in (path, _stem(path))]
    if not found:
        found = [form.file_path for form in await list() if form_id in (form.id, form.name)]
    if not found:
        raise ValidationError(f"there is no form {form_id!r}: a form is a file `forms/<name>.form.json`, and `forms.list` has all")
    if found[1:]:
        raise ValidationError(f"several forms are called {form_id!r}. Name one by its path: {', '.join(found)}")
    if not found[0].endswith(".json"):
        raise NotAvailable(f"{found[0]} is YAML, which a run does not read. Keep the form as {_stem(found[0])}.form.json")
    return _form(found[0])


def _paths():
    paths = []
    for folder, _, names in os.walk(FOLDER):
        paths += [f"{folder}/{name}" for name in names if name.endswith(_ENDINGS)]
    return sorted(paths)


def _stem(path):
    return path.rpartition("/")[2].rpartition(".form.")[0]


def _listed(path):
    try:
        return _form(path)
    except (ValidationError, WorkflowError):
        return FormPublic(id=path, name=_stem(path), file_path=path)


def _form(path):
    kept = _store.read(path) if path.endswith(".json") else {}
    if not isinstance(kept, dict):
        raise ValidationError(f"{path} holds no object, and a form is one")
    schema = kept.get("form_schema")
    if schema is None and "fields" in kept:
        schema = {"fields": kept["fields"]}
    return FormPublic(
        id=kept.get("id") or path,
        name=kept.get("name") or kept.get("title") or _stem(path),
        workflow_id=kept.get("workflow") or kept.get("workflow_id"),
        form_schema=schema,
        file_path=path,
        **{name: kept.get(name) for name in _SAME},
    )
