"""Runs: those there were, newest first, and one of them."""

from . import workflows
from ._errors import ValidationError

__all__ = ("get", "list")

# How far back runs are looked through for what the workspace does not look for itself.
_RUNS_MAX = 1000


async def list(workflow_name=None, status=None, start_date=None, end_date=None, limit=50):
    """The latest runs: of what a path, a reference or a name stands for, of one status, begun from one time to another."""
    first, last = _time(start_date, "start_date"), _time(end_date, "end_date")
    if status is not None:
        from ._enums import ExecutionStatus

        if status not in [*ExecutionStatus]:
            raise ValidationError(f"there is no status {status!r}: it is one of {', '.join(one.value for one in ExecutionStatus)}")
    is_narrow = any(one is not None for one in (status, first, last))
    asked = {"limit": _RUNS_MAX if is_narrow else limit}
    if workflow_name is not None:
        asked["path"] = workflow_name
    listed = await workflows._tool("flow_runs", asked)
    found = [workflows._execution({**run, "error": {"code": run.get("code")}}) for run in listed["runs"]]
    return [
        one
        for one in found
        if (status is None or one.status == status)
        and (first is None or one.started_at >= first)
        and (last is None or one.started_at <= last)
    ][:limit]


async def get(execution_id):
    """A run as it is now, with what it logged."""
    asked = {"run": execution_id}
    record = await workflows._tool("flow_status", asked)
    logged = await workflows._tool("flow_logs", asked)
    return workflows._execution(record, logged["entries"])


def _time(given, name):
    """A time, of Greenwich where it says no zone."""
    import datetime

    if given is None or isinstance(given, datetime.datetime):
        time = given
    else:
        try:
            time = datetime.datetime.fromisoformat(given)
        except (TypeError, ValueError):
            raise ValidationError(f"{name} is a time like '2026-03-01T09:30:00Z', and not {given!r}") from None
    return time.replace(tzinfo=datetime.UTC) if time and time.tzinfo is None else time
