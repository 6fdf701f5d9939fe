# hostile: a tuple of classes nested deep
# expect: QUOTA_STACK
kinds = (int,)
for _ in range(50_000):
    kinds = (kinds,)
isinstance("x", kinds)
