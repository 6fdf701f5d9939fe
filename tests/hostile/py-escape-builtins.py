# hostile: the names that everything uses, replaced
# expect: OK|RUNTIME_EXCEPTION
import builtins
import sys

for name in ("print", "len", "isinstance", "Exception", "BaseException", "dict", "__import__", "__build_class__"):
    setattr(builtins, name, None)
sys.stdout = sys.stderr = None
sys.modules.clear()
sys.path.clear()
sys.meta_path.clear()
del sys.excepthook
1
