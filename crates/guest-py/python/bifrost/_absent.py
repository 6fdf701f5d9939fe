"""Parts of Bifrost that have no meaning in a workspace by itself: each call says what would be needed."""

from ._errors import NotAvailable

__all__ = ("agents", "ai", "api", "email", "forms", "organizations", "roles", "users")


class _Absent:
    def __init__(self, name, needs):
        self._name = name
        self._needs = needs

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)

        def refuse(*args, **kwargs):
            raise NotAvailable(f"bifrost.{self._name}.{attribute} is not available here: {self._needs}.")

        return refuse

    def __repr__(self):
        return f"<bifrost.{self._name}, which is not available here>"


agents = _Absent("agents", "it needs a language model, and a workspace has none of its own. Let the workflow's caller be the agent, or fetch a model's address that the run is granted")
ai = _Absent("ai", "it needs a language model, and a workspace has none of its own. Fetch a model's address that the run is granted")
api = _Absent("api", "it needs Bifrost's server. What the workspace can do, `workflows`, `tables`, `files`, `config` and `knowledge` do")
email = _Absent("email", "it needs a server that sends mail. Fetch the address of one that the run is granted")
forms = _Absent("forms", "it needs Bifrost's server. Forms are files in `forms/`")
organizations = _Absent("organizations", "it needs organizations, and a workspace has none: it is one scope")
roles = _Absent("roles", "it needs users with roles, and a workspace has none")
users = _Absent("users", "it needs users, and a workspace has none")
