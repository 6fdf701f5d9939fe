"""Other systems by name, as files: `configs/integrations/<name>.json` is `{"config": {…}, "secrets": ["api_key"], "oauth": {…}}`.

What `secrets` names of the configuration, and the secret and the tokens of `oauth`, are kept out of records and logs.
"""

import selvage

from . import _store
from ._errors import ConfigurationError, refusal
from ._models import IntegrationData

__all__ = ("get",)

_TOKEN = "it needs a server that holds the grant. Fetch the token's address that the run is granted"
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

    # New tokens come from the other system alone.
    refresh = refusal("integrations.oauth.refresh", _TOKEN)


async def get(name, scope=None, oauth_scope=None):
    """How another system is reached; `None` where nobody set it up."""
    _store.checked_scope(scope)
    if oauth_scope is not None:
        refusal("integrations.get with `oauth_scope`", _TOKEN)()
    path = f"configs/integrations/{_store.file_name(name, 'name')}.json"
    try:
        kept = _store.read(path)
    except FileNotFoundError:
        return None
    if not isinstance(kept, dict):
        raise ConfigurationError(f'{path} is to be an object like {{"config": {{"url": "…"}}, "secrets": []}}')
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


_MAPPINGS = "it needs organizations, and a workspace has none. Keep what differs by customer in a table"

delete_mapping = refusal("integrations.delete_mapping", _MAPPINGS)
get_mapping = refusal("integrations.get_mapping", _MAPPINGS)
list_mappings = refusal("integrations.list_mappings", _MAPPINGS)
upsert_mapping = refusal("integrations.upsert_mapping", _MAPPINGS)
