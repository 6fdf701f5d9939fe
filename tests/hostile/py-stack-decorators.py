# hostile: partials of partials
# expect: QUOTA_MEMORY|QUOTA_STACK|OK
import functools

call = int
for _ in range(50_000):
    call = functools.partial(lambda f: f(), call)
call()
