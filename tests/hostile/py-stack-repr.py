# hostile: a list nested a hundred thousand deep, as text
# expect: QUOTA_STACK
items = []
for _ in range(100_000):
    items = [items]
repr(items)
