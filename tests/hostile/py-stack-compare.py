# hostile: two deep lists that are compared
# expect: QUOTA_STACK
def deep():
    items = []
    for _ in range(50_000):
        items = [items]
    return items


deep() == deep()
