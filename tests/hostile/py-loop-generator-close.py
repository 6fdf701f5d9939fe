# hostile: a generator that works on when it is closed
# expect: QUOTA_FUEL
def stubborn():
    try:
        yield 1
    finally:
        while True:
            pass


next(stubborn())
