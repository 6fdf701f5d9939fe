# hostile: a deep list as JSON
# expect: QUOTA_STACK
import json

items = []
for _ in range(50_000):
    items = [items]
json.dumps(items)
