# hostile: a name that is too long
# expect: RUNTIME_EXCEPTION
open("x" * 5000, "w")
