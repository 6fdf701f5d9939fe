# hostile: a deep list that is pickled
# expect: QUOTA_STACK
import pickle

items = []
for _ in range(50_000):
    items = [items]
pickle.dumps(items)
