# hostile: iterators upon iterators
# expect: QUOTA_STACK
numbers = iter([1])
for _ in range(50_000):
    numbers = map(int, numbers)
next(numbers)
