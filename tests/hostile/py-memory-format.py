# hostile: a width of a thousand million
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
f"{1:>1000000000}"
