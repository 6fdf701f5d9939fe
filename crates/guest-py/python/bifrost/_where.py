"""Conditions on documents: `{"status": "open", "amount": {"gte": 10, "lt": 20}}`; all of them must hold.

A name may be a way into the document, `owner.name`. A value alone means `eq`. Texts compare with texts and numbers with numbers; what
does not compare, or is not there, does not fit.
"""

from ._errors import ValidationError

__all__ = ("compiled", "member", "order_key")

_MISSING = object()


def compiled(where):
    """A test of a document's data."""
    if where is None:
        return lambda data: True
    if not isinstance(where, dict):
        raise ValidationError(f"where is a dict of conditions, and not a {type(where).__name__}")
    tests = [(name, _OPERATORS[operator], wanted) for name, condition in where.items() for operator, wanted in _conditions(name, condition)]
    return lambda data: all(test(member(data, name, _MISSING), wanted) for name, test, wanted in tests)


def _conditions(name, condition):
    if not isinstance(condition, dict):
        return [("eq", condition)]
    unknown = [str(operator) for operator in condition if operator not in _OPERATORS]
    if unknown or not condition:
        said = f"no operator {', '.join(unknown)}" if unknown else "a condition without an operator"
        raise ValidationError(f"where[{name!r}] has {said}; there are {', '.join(_OPERATORS)}")
    for operator, wanted in condition.items():
        if operator == "in" and not isinstance(wanted, (list, tuple, set, frozenset)):
            raise ValidationError(f"where[{name!r}]['in'] is a list")
        if operator in ("starts_with", "ends_with") and not isinstance(wanted, str):
            raise ValidationError(f"where[{name!r}][{operator!r}] is a text")
    return condition.items()


def member(data, name, missing=None):
    """What a document has at a name; the whole name goes before its parts."""
    if not isinstance(data, dict):
        return missing
    if name in data:
        return data[name]
    first, dot, rest = name.partition(".")
    return member(data.get(first), rest, missing) if dot else missing


def order_key(value):
    """Orders what is there before what is not, and values of one kind among each other."""
    match value:
        case None:
            return (9, 0)
        case bool():
            return (0, value)
        case int() | float():
            return (1, value)
        case str():
            return (2, value)
    return (3, repr(value))


def _same(found, wanted):
    if found is _MISSING:
        return wanted is None
    # To Python, `True` is 1.
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _comparing(holds):
    def test(found, wanted):
        isoformat = getattr(wanted, "isoformat", None)
        if isoformat is not None:
            wanted = isoformat()
        alike = isinstance(found, str) and isinstance(wanted, str) or _is_number(found) and _is_number(wanted)
        return alike and holds(found, wanted)

    return test


def _contains(found, wanted):
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted.casefold() in found.casefold()
    if isinstance(found, list):
        return any(_same(item, wanted) for item in found)
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(_same(found.get(key, _MISSING), value) for key, value in wanted.items())
    return False


_OPERATORS = {
    "eq": _same,
    "neq": lambda found, wanted: not _same(found, wanted),
    "ne": lambda found, wanted: not _same(found, wanted),
    "gt": _comparing(lambda found, wanted: found > wanted),
    "gte": _comparing(lambda found, wanted: found >= wanted),
    "lt": _comparing(lambda found, wanted: found < wanted),
    "lte": _comparing(lambda found, wanted: found <= wanted),
    "in": lambda found, wanted: any(_same(found, one) for one in wanted),
    "is_null": lambda found, wanted: (found is _MISSING or found is None) == bool(wanted),
    "has_key": lambda found, wanted: isinstance(found, dict) and wanted in found,
    "contains": _contains,
    "starts_with": lambda found, wanted: isinstance(found, str) and found.casefold().startswith(wanted.casefold()),
    "ends_with": lambda found, wanted: isinstance(found, str) and found.casefold().endswith(wanted.casefold()),
}
