# hostile: a byte at the end of a huge file
# expect: QUOTA_FILES|QUOTA_MEMORY|RUNTIME_EXCEPTION
with open("hole", "wb") as file:
    file.seek(1 << 40)
    file.write(b"x")
