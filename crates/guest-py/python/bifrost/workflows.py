"""Other workflows: listed, started, looked at and stopped, by the tools of the workspace that the run is granted."""

import _host

from ._errors import NotAvailable, WorkflowError
from ._models import WorkflowExecution, WorkflowMetadata

__all__ = ("cancel", "execute", "get", "list")

# What the workspace calls a run's state, and what Bifrost does. A run that waits for a person is not over, and goes on by itself.
_STATES = {
    "queued": "Pending",
    "running": "Running",
    "asking": "Pending",
    "waiting": "Pending",
    "succeeded": "Success",
    "completedWithErrors": "CompletedWithErrors",
    "failed": "Failed",
    "cancelled": "Cancelled",
}

_TIMEOUTS = ("QUOTA_WALL", "QUOTA_CPU", "QUOTA_FUEL")


async def execute(workflow, input_data=None, *, org_id=None, run_as=None, scheduled_at=None, delay_seconds=None):
    """Starts a workflow, `path::function` or a name, and gives the id of its run without waiting for it."""
    from ._store import checked_scope

    checked_scope(org_id)
    if run_as is not None:
        raise NotAvailable("A run as somebody else needs other users; a workspace has one. Leave `run_as` out.")
    if scheduled_at is not None or delay_seconds is not None:
        raise NotAvailable("A run at a later time needs a server that is awake then. Wait in the workflow, or start the run later.")
    is_path = "::" in workflow or workflow.endswith((".py", ".flow.js", ".flow.mjs"))
    record = await _tool("run_flow", {"path" if is_path else "name": workflow, "args": input_data or {}, "wait": False})
    return record["run"]


async def get(execution_id):
    """A run as it is now, without its logs: `executions.get` has those."""
    return _execution(await _tool("flow_status", {"run": execution_id}))


async def cancel(execution_id):
    """Stops a run."""
    await _tool("flow_cancel", {"run": execution_id})


async def list():
    """All workflows, tools and data providers, and all other flows."""
    listed = await _tool("flow_list", {})
    for flow in listed["flows"]:
        if flow.get("unread"):
            raise WorkflowError(f"What {flow['path']} offers is not known: it could not be read now. List again.")
    return [found for flow in listed["flows"] for found in _metadata(flow)]


class Refused(_host.HostError, WorkflowError):
    """What the workspace did not do; it has the workspace's own `code` and `hint`."""


async def _tool(name, input):
    """Calls a tool of the workspace."""
    if not _host.goes_back():
        raise NotAvailable(
            "bifrost.workflows and bifrost.executions are not available here: they wait for the workspace, which only an `async def`"
            " workflow can. Declare one with `@workflow`, and call them in it."
        )
    try:
        return await _host.tool(name, input)
    except _host.HostError as error:
        raise Refused(error.code, error.args[0], error.hint, error.path) from None


def _metadata(flow):
    # What the manifest names is one flow, and known by that name.
    named = flow.get("named")
    entries = not named and flow.get("entries") or [None]
    for entry in entries:
        function = entry and entry.get("function")
        described = entry or flow
        yield WorkflowMetadata(
            id=f"{flow['path']}::{function}" if function else flow["name" if named else "path"],
            name=described.get("name") or flow["name"],
            description=described.get("description"),
            category=described.get("category") or "General",
            tags=described.get("tags") or [],
            parameters={one.get("name") or one.get("id"): one for one in described.get("parameters") or described.get("inputs") or []},
            is_tool=described.get("kind") == "tool",
            source_file_path=flow["path"],
            relative_file_path=flow["path"],
        )


def _execution(record, logs=None):
    import datetime

    error = record.get("error") or {}
    state = _STATES.get(record["status"], record["status"])
    if state == "Failed" and error.get("code") in _TIMEOUTS:
        state = "Timeout"
    over = state not in ("Pending", "Running")
    started = datetime.datetime.fromtimestamp(record["startedMs"] / 1000, datetime.UTC)
    result = record.get("value")
    return WorkflowExecution(
        execution_id=record["run"],
        workflow_name=record.get("function") or record["path"],
        status=state,
        input_data=record.get("args"),
        result=result,
        result_type="json" if isinstance(result, (dict, [].__class__)) else type(result).__name__,
        error_message=error.get("message"),
        error_type=error.get("code"),
        duration_ms=record.get("durationMs") if over else None,
        started_at=started,
        completed_at=started + datetime.timedelta(milliseconds=record.get("durationMs") or 0) if over else None,
        logs=logs and [
            {
                "timestamp": (started + datetime.timedelta(milliseconds=entry["atMs"])).isoformat(),
                "level": entry["level"].upper(),
                "message": entry["text"],
                "source": entry["source"],
            }
            for entry in logs
        ],
        variables=record.get("variables"),
    )
