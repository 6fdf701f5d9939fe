"""What a workflow knows of the run that it is in."""

import selvage

__all__ = ("ExecutionContext", "context")

GLOBAL = "GLOBAL"


class Roi:
    """What the run was worth, as the workflow says."""

    def __init__(self):
        self.time_saved = 0
        self.value = 0.0


class ExecutionContext:
    """One run. A workspace is one person's, and one scope: there is no organization."""

    def __init__(self, workflow_name, parameters):
        self.user_id = "local"
        self.email = ""
        self.name = ""
        self.org_id = None
        self.org_name = None
        self.organization = None
        self.scope = GLOBAL
        self.is_global_scope = True
        self.is_platform_admin = False
        self.is_function_key = False
        self.is_agent = False
        self.execution_id = selvage.run
        self.workflow_name = workflow_name
        self.parameters = parameters
        self.startup = None
        self.event = None
        self.public_url = ""
        self.roi = Roi()

    def set_scope(self, scope):
        """Takes the one scope that there is."""
        from ._store import checked_scope

        checked_scope(scope)

    def __repr__(self):
        return f"<ExecutionContext {self.workflow_name} {self.execution_id}>"


class _Proxy:
    """Stands for the context of the run, wherever it is asked."""

    def __getattr__(self, name):
        if _current is None:
            raise AttributeError(f"context.{name}: there is a context while a workflow runs, and not before")
        return getattr(_current, name)

    def __setattr__(self, name, value):
        if _current is None:
            raise AttributeError(f"context.{name}: there is a context while a workflow runs, and not before")
        setattr(_current, name, value)

    def __repr__(self):
        return repr(_current)


_current = None
context = _Proxy()


def begin(workflow_name, parameters):
    """Makes the context of a run that begins now."""
    global _current
    _current = ExecutionContext(workflow_name, parameters)
    return _current
