# hostile: tabs as wide as memory
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
("\t" * 1000).expandtabs(10**7)
