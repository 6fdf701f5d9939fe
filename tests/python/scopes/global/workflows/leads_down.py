from bifrost import workflow
from modules import hook


@workflow
def leads():
    """Would work in one workspace, and break in all others."""
    return hook.VALUE
