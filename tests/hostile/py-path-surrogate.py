# hostile: a path with half a character
# expect: OK|RUNTIME_EXCEPTION
result = []
for path in ("a\ud800", b"\xff\xfe"):
    try:
        open(path, "w").write("x")
        result.append("written")
    except (OSError, UnicodeError, ValueError) as error:
        result.append(type(error).__name__)
assert "written" not in result, result
