# hostile: the hash of a deep tuple
# expect: QUOTA_STACK
items = ()
for _ in range(50_000):
    items = (items,)
hash(items)
