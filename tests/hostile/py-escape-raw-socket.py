# hostile: the raw module of sockets
# expect: OK
# value: "refused"
try:
    import _socket

    _socket.socket().connect(("127.0.0.1", 80))
    result = "connected"
except (ImportError, OSError, AttributeError, TypeError, NotImplementedError):
    result = "refused"
