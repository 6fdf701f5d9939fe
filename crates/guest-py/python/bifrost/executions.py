"""Runs: those there were, newest first, and one of them."""

import _host

from . import workflows

__all__ = ("get", "list")


async def list(workflow_name=None, status=None, limit=50):
    """The latest runs, of one workflow's file where it is named."""
    asked = {"limit": limit} if workflow_name is None else {"limit": limit, "path": workflow_name.rpartition("::")[0] or workflow_name}
    listed = await _host.tool("flow_runs", asked)
    found = [workflows._execution({**run, "error": {"code": run.get("code")}}) for run in listed["runs"]]
    return [one for one in found if status is None or one.status == status]


get = workflows.get
