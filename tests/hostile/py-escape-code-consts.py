# hostile: code whose constants are gone, which breaks the interpreter as it breaks CPython
# expect: GUEST_CRASHED|RUNTIME_EXCEPTION|OK|QUOTA_STACK
def function(x):
    y = "text"
    return [y, x, 12345678]


function.__code__ = function.__code__.replace(co_consts=(), co_names=(), co_stacksize=0)
function(1)
