# hostile: a text of digits that is far too long
# expect: QUOTA_FUEL|QUOTA_MEMORY|RUNTIME_EXCEPTION
int("9" * 1_000_000)
