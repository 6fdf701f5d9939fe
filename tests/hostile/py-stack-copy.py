# hostile: a deep copy of a deep list
# expect: QUOTA_STACK
import copy

items = []
for _ in range(50_000):
    items = [items]
copy.deepcopy(items)
