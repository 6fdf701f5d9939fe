# hostile: every class there is, by way of object
# expect: OK
found = []
for kind in object.__subclasses__():
    if kind.__name__ in ("Popen", "socket", "CDLL"):
        found.append(kind.__name__)
assert found == [], found
