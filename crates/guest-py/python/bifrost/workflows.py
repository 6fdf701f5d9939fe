"""Other workflows: listed, started, looked at and stopped, by the tools of the workspace that the run is granted."""

import _host

from ._models import WorkflowExecution, WorkflowMetadata

__all__ = ("cancel", "execute", "get", "list")

# What the workspace calls a run's state, and what Bifrost does.
_STATES = {
    "queued": "Pending",
    "running": "Running",
    "asking": "Stuck",
    "succeeded": "Success",
    "completedWithErrors": "CompletedWithErrors",
    "failed": "Failed",
    "cancelled": "Cancelled",
}

_TIMEOUTS = ("QUOTA_WALL", "QUOTA_CPU", "QUOTA_FUEL")


async def execute(workflow, input_data=None, *, org_id=None, run_as=None, scheduled_at=None, delay_seconds=None):
    """Starts a workflow, `path::function` or a name, and gives the id of its run without waiting for it."""
    from ._errors import NotAvailable
    from ._store import checked_scope

    checked_scope(org_id)
    if run_as is not None:
        raise NotAvailable("A run as somebody else needs other users; a workspace has one.")
    if scheduled_at is not None or delay_seconds is not None:
        raise NotAvailable("A run at a later time needs a server that is awake then. Wait in the workflow, or start the run later.")
    is_path = "::" in workflow or workflow.endswith((".py", ".flow.js", ".flow.mjs"))
    record = await _host.tool("run_flow", {"path" if is_path else "name": workflow, "args": input_data or {}, "wait": False})
    return record["run"]


async def get(execution_id):
    """A run as it is now."""
    return _execution(await _host.tool("flow_status", {"run": execution_id}))


async def cancel(execution_id):
    """Stops a run."""
    await _host.tool("flow_cancel", {"run": execution_id})


async def list():
    """All workflows, tools and data providers, and all other flows."""
    listed = await _host.tool("flow_list", {})
    return [found for flow in listed["flows"] for found in _metadata(flow)]


def _metadata(flow):
    entries = flow.get("entries") or [None]
    for entry in entries:
        function = entry and entry.get("function")
        described = entry or flow
        yield WorkflowMetadata(
            id=f"{flow['path']}::{function}" if function else flow["path"],
            name=described.get("name") or flow["name"],
            description=described.get("description"),
            category=described.get("category") or "General",
            tags=described.get("tags") or [],
            parameters={one.get("name") or one.get("id"): one for one in described.get("parameters") or described.get("inputs") or []},
            is_tool=described.get("kind") == "tool",
            source_file_path=flow["path"],
            relative_file_path=flow["path"],
        )


def _execution(record):
    import datetime

    error = record.get("error") or {}
    state = _STATES.get(record["status"], record["status"])
    if state == "Failed" and error.get("code") in _TIMEOUTS:
        state = "Timeout"
    over = record["status"] not in ("queued", "running", "asking")
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
        logs=[{"level": entry["level"].upper(), "message": entry["text"], "source": entry["source"]} for entry in record.get("logs") or ()],
        variables=record.get("variables"),
    )
