"""Other systems by name, as files: `configs/integrations/<name>.json` is `{"config": {…}, "secrets": ["api_key"], "oauth": {…}}`.

What `secrets` names of the configuration, and the secret and the tokens of `oauth`, are kept out of records and logs.
"""

import selvage

from . import _store
from ._models import IntegrationData

__all__ = ("get", "get_mapping", "list_mappings", "upsert_mapping")

_TOKENS = ("client_secret", "access_token", "refresh_token")


class OAuthCredentials:
    """What is known of a grant of another system."""

    def __init__(self, name, given):
        self.connection_name = name
        self.client_id = None
        self.authorization_url = None
        self.token_url = None
        self.scopes = []
        self.expires_at = None
        for token in _TOKENS:
            setattr(self, token, None)
        self.__dict__.update(given)

    async def refresh(self):
        """New tokens come from the other system alone."""
        _refuse("oauth.refresh", "it needs a server that holds the grant. Fetch the token's address that the run is granted")


async def get(name, scope=None):
    """How another system is reached; `None` where nobody set it up."""
    _store.checked_scope(scope)
    try:
        kept = _store.read(f"configs/integrations/{_store.file_name(name, 'name')}.json")
    except FileNotFoundError:
        return None
    config = kept.get("config") or {}
    oauth = kept.get("oauth")
    for key in kept.get("secrets") or ():
        selvage.secret(config.get(key))
    for token in _TOKENS:
        selvage.secret((oauth or {}).get(token))
    return IntegrationData(
        integration_id=name,
        entity_id=kept.get("entity_id"),
        entity_name=kept.get("entity_name"),
        config=config,
        oauth=None if oauth is None else OAuthCredentials(name, oauth),
    )


def _refuse(what, needs):
    from ._errors import NotAvailable

    raise NotAvailable(f"bifrost.integrations.{what} is not available here: {needs}.")


_MAPPINGS = "it needs organizations, and a workspace has none: it is one scope"


def list_mappings(*args, **kwargs):
    """There are no organizations to map."""
    _refuse("list_mappings", _MAPPINGS)


def get_mapping(*args, **kwargs):
    """There are no organizations to map."""
    _refuse("get_mapping", _MAPPINGS)


def upsert_mapping(*args, **kwargs):
    """There are no organizations to map."""
    _refuse("upsert_mapping", _MAPPINGS)
