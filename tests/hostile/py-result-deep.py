# hostile: a result that is nested deep
# expect: INVALID_RESULT
items = []
for _ in range(10_000):
    items = [items]
items
