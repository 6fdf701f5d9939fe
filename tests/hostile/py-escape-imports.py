# hostile: modules that reach out
# expect: OK
# value: []
result = []
for name in ("socket", "ssl", "subprocess", "ctypes", "_posixsubprocess", "multiprocessing", "urllib.request", "http.client", "mmap", "pty", "resource", "pwd"):
    try:
        __import__(name)
        result.append(name)
    except ImportError as error:
        assert " " in str(error)
