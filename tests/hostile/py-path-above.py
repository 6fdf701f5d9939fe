# hostile: a path that leads out of the workspace
# expect: OK|RUNTIME_EXCEPTION|POLICY_DENIED|NOT_FOUND
try:
    result = open("../../../../etc/passwd").read()
except OSError as error:
    result = type(error).__name__
assert result == "FileNotFoundError", result
