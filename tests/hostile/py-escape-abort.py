# hostile: it aborts
# expect: RUNTIME_EXCEPTION|OK
import os

os.abort()
