# hostile: a buffer of the largest size that there is
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
bytearray((1 << 31) - 1)
