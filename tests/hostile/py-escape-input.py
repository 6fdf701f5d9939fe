# hostile: it asks whoever sits there
# expect: RUNTIME_EXCEPTION
input("password: ")
