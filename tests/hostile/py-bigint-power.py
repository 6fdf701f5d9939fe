# hostile: a number with a hundred million digits
# expect: QUOTA_FUEL|QUOTA_MEMORY
7 ** (10**8)
