"""`from bifrost.modules import x`: the workspace's own `modules/x`, as the same module that `import modules.x` gives."""

import importlib
import sys
from importlib.machinery import ModuleSpec

_HERE = __name__ + "."
_THERE = "modules."
__path__ = []


def _named(rest):
    """The name by which the module is imported: by its place, or by its file's name where that is below some folder."""
    try:
        importlib.import_module(_THERE + rest)
        return _THERE + rest
    except ModuleNotFoundError as error:
        if not (_THERE + rest + ".").startswith((error.name or "") + "."):
            raise
    found = [] if "." in rest else sorted(_below(rest))
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(found)
        raise ImportError(f"several modules of the workspace are called {rest!r}: {several}. Import one of them by its place.")
    raise ModuleNotFoundError(f"the workspace has no module {rest!r} in `modules/`", name=_HERE + rest)


def _below(name):
    import os

    for folder, _, files in os.walk("/modules"):
        if f"{name}.py" in files:
            yield ".".join([*folder.strip("/").split("/"), name])


class _Finder:
    """Gives a module of the workspace under its second name."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith(_HERE):
            return ModuleSpec(name, _Finder)

    @staticmethod
    def create_module(spec):
        module = importlib.import_module(_named(spec.name[len(_HERE) :]))
        # The machinery puts the spec of the second name on the module.
        spec.loader_state = module.__spec__
        return module

    @staticmethod
    def exec_module(module):
        module.__spec__ = module.__spec__.loader_state


# Before the others: a folder of the workspace has a path, on which they would find its modules a second time.
sys.meta_path.insert(0, _Finder)
