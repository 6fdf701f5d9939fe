# hostile: code made by hand, which breaks the interpreter as it breaks CPython
# expect: GUEST_CRASHED|RUNTIME_EXCEPTION|OK
def function():
    return 1


code = function.__code__
function.__code__ = code.replace(co_code=bytes(code.co_code[::-1]) * 3)
function()
