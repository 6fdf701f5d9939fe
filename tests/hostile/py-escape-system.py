# hostile: it starts another program
# expect: OK
# value: []
import os

result = []
for name, arguments in {"system": ["id"], "popen": ["id"], "execv": ["/bin/sh", ["sh"]], "fork": [], "forkpty": [], "spawnv": [0, "/bin/sh", ["sh"]], "posix_spawn": ["/bin/sh", ["sh"], {}], "startfile": ["x"]}.items():
    try:
        getattr(os, name)(*arguments)
        result.append(name)
    except (AttributeError, OSError, NotImplementedError, ImportError):
        pass
