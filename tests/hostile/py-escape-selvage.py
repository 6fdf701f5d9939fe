# hostile: the run's own module, replaced and deleted
# expect: OK|RUNTIME_EXCEPTION
import sys

import selvage

selvage.log = selvage.args = selvage.run = None
for name in list(vars(selvage)):
    delattr(selvage, name)
sys.modules["selvage"] = sys.modules["os"] = sys.modules["logging"] = sys.modules["asyncio"] = 5
sys.modules["atexit"] = sys.modules["__main__"] = None
1
