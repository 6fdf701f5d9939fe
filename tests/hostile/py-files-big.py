# hostile: a file that is too large
# expect: QUOTA_FILES|QUOTA_MEMORY
with open("big", "wb") as file:
    for _ in range(100):
        file.write(bytes(100_000))
