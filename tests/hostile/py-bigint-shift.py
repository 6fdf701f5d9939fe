# hostile: a shift beyond all memory
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
1 << (1 << 62)
