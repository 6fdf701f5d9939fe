# hostile: it leaves at once
# expect: OK|RUNTIME_EXCEPTION
import os

os._exit(0)
