# hostile: a text of signs that is compiled
# expect: QUOTA_FUEL|QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY|OK
eval("-" * 50_000 + "1")
