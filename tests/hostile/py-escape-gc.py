# hostile: all objects that there are, changed
# expect: OK|RUNTIME_EXCEPTION|QUOTA_FUEL|QUOTA_STACK
import gc

for thing in list(gc.get_objects()) if hasattr(gc, "get_objects") else []:
    try:
        if isinstance(thing, dict):
            thing.clear()
    except BaseException:
        pass
