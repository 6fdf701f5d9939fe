# hostile: a product with more pools than memory
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
import itertools

next(itertools.product([0] * 1000, repeat=10**9))
