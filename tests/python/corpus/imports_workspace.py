"""Modules of the workspace: packages, relative imports, stars, importlib, reload, circles, what is missing."""

import importlib
import pkgutil
import sys

import modules.ledger as ledger_module
from modules import plugins
from modules.ledger import *

books = Ledger().post("bank", "equity", 100).post("rent", "bank", 60)
print(len(books), books.balance("bank"), [entry.debit for entry in books])
try:
    books.post("rent", "bank", 60)
except LedgerError as error:
    print(error, error.account, error.missing, type(error).__module__)
print("_private" in globals(), ledger_module._private, ledger_module.__name__, ledger_module.__doc__)

for info in sorted(pkgutil.iter_modules(plugins.__path__), key=lambda info: info.name):
    importlib.import_module(f"{plugins.__name__}.{info.name}")
for name, function in sorted(plugins.REGISTRY.items()):
    print(name, function("hello big world"))
print(sorted(name for name in sys.modules if name.startswith("modules")))
print(plugins.shout.shout is plugins.REGISTRY["shout"], importlib.import_module(".count", "modules.plugins").count("a b"))
before = ledger_module.Ledger
print(importlib.reload(ledger_module) is ledger_module, ledger_module.Ledger is before)
for statement in ("import no_such_module", "import modules.absent", "from modules.ledger import Nothing", "from modules import nothing"):
    try:
        exec(statement)
    except ImportError as error:
        print(type(error).__name__, error.name)
print(__name__, importlib.util.find_spec("modules.ledger").name, importlib.util.find_spec("nope"))
with open("made_now.py", "w") as file:
    file.write("VALUE = 42\nprint('imported once')\n")
importlib.invalidate_caches()
import made_now
import made_now as again

print(made_now.VALUE, again is made_now, made_now.__file__.endswith("made_now.py"))
