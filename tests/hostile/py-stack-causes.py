# hostile: an error with very many causes
# expect: RUNTIME_EXCEPTION|QUOTA_STACK
error = None
for n in range(20_000):
    try:
        raise ValueError(n) from error
    except ValueError as caught:
        error = caught
raise error
