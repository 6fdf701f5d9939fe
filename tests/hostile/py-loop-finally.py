# hostile: a finally that never ends
# expect: QUOTA_FUEL
try:
    raise ValueError
finally:
    while True:
        pass
