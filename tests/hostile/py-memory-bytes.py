# hostile: a buffer larger than memory
# expect: QUOTA_MEMORY
bytearray(10**9)
