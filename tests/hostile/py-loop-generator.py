# hostile: a generator that is never exhausted
# expect: QUOTA_FUEL
def forever():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


for _ in forever():
    pass
