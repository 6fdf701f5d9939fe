# hostile: an endless sum inside the interpreter
# expect: QUOTA_FUEL
sum(range(10**12))
