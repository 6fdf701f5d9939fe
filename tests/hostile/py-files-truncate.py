# hostile: a file made long without writing
# expect: QUOTA_FILES|QUOTA_MEMORY|RUNTIME_EXCEPTION
with open("long", "wb") as file:
    file.truncate(1 << 33)
