"""Decorators that say what a function is. They attach metadata and change nothing."""

__all__ = ("data_provider", "tool", "workflow")

_KNOWN = ("name", "description", "category", "tags")


def _decorator(kind, known):
    def decorate(function=None, /, **keywords):
        def attach(function):
            lines = (function.__doc__ or "").strip().splitlines()
            described = {
                "type": kind,
                "name": keywords.get("name") or function.__name__,
                "description": keywords.get("description") or (lines[0].rstrip() if lines else None),
                "category": keywords.get("category") or "General",
                "tags": [*(keywords.get("tags") or ())],
            }
            if keywords.get("is_tool"):
                described["type"] = "tool"
            unknown = sorted(set(keywords) - set(known))
            if unknown:
                import logging

                logging.getLogger("bifrost").warning("@%s of %s does not know: %s", kind, function.__name__, ", ".join(unknown))
            function._executable_metadata = described
            return function

        return attach if function is None else attach(function)

    decorate.__name__ = decorate.__qualname__ = kind
    return decorate


workflow = _decorator("workflow", (*_KNOWN, "is_tool"))
tool = _decorator("tool", _KNOWN)
data_provider = _decorator("data_provider", _KNOWN)
