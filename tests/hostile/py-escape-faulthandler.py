# hostile: a module that is made to break
# expect: OK|RUNTIME_EXCEPTION|QUOTA_STACK
import faulthandler

for name in ("_sigsegv", "_sigabrt", "_sigfpe", "_stack_overflow", "_read_null", "_fatal_error"):
    act = getattr(faulthandler, name, None)
    if act is not None:
        try:
            act()
        except Exception:
            pass
