# hostile: a shift that needs more memory than there is
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
1 << (8 * 10**9)
