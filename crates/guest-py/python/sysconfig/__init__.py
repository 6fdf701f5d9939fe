"""How this Python was built, as far as other modules ask: it was not configured, and nothing of it lies in folders."""

import sys

__all__ = ("get_config_var", "get_config_vars", "get_path", "get_paths", "get_platform", "get_python_version")


def get_config_vars(*names):
    return [None for _ in names] if names else {}


def get_config_var(name):
    return None


def get_paths(*args, **kwargs):
    return {}


def get_path(name, *args, **kwargs):
    return None


def get_platform():
    return sys.platform


def get_python_version():
    return "%d.%d" % sys.version_info[:2]
