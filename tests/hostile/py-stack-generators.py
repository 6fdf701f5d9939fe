# hostile: generators that yield from one another
# expect: QUOTA_STACK
def down(n):
    yield n
    yield from down(n + 1)


for _ in down(0):
    pass
