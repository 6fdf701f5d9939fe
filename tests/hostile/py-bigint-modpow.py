# hostile: a power in a ring, with huge numbers
# expect: QUOTA_FUEL
pow(3, 1 << 200_000, (1 << 200_000) + 1)
