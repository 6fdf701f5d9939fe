"""Parts of Bifrost that have no meaning in a workspace by itself: each call says what would be needed."""

from ._errors import refusal

__all__ = ("agents", "ai", "api", "email", "organizations", "roles", "users")


class _Absent:
    def __init__(self, name, needs):
        self._name = name
        self._needs = needs

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return refusal(f"{self._name}.{attribute}", self._needs)

    def __repr__(self):
        return f"<bifrost.{self._name}, which is not available here>"


agents = _Absent("agents", "it needs a language model, and a workspace has none of its own. Let the workflow's caller be the agent, or fetch a model's address that the run is granted")
ai = _Absent("ai", "it needs a language model, and a workspace has none of its own. Fetch a model's address that the run is granted")
api = _Absent("api", "it needs Bifrost's server. What the workspace can do, `workflows`, `tables`, `files`, `config` and `knowledge` do")
email = _Absent("email", "it needs a server that sends mail. Fetch the address of one that the run is granted")
organizations = _Absent("organizations", "it needs organizations, and a workspace has none. Keep who your customers are in a table")
roles = _Absent("roles", "it needs users with roles, and a workspace has none. Whoever has the workspace may do what the run was granted")
users = _Absent("users", "it needs users, and a workspace has none. Keep people in a table; `context.user_id` is who works here")
