# hostile: it kills whoever it can
# expect: OK
# value: []
import os
import signal

result = []
for name, arguments in {"kill": [os.getpid() if hasattr(os, "getpid") else 1, 9], "killpg": [0, 9]}.items():
    try:
        getattr(os, name)(*arguments)
        result.append(name)
    except (AttributeError, OSError):
        pass
try:
    signal.raise_signal(15)
    result.append("raise_signal")
except (AttributeError, OSError, ValueError):
    pass
