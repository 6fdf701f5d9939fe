# hostile: a list of an iterator that never ends and yields the same
# expect: QUOTA_FUEL|QUOTA_MEMORY
list(iter(int, 1))
