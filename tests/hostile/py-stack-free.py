# hostile: a list nested a hundred thousand deep, let go
# expect: OK|QUOTA_STACK
items = []
for _ in range(100_000):
    items = [items]
del items
result = 1
