# hostile: a search that never finds
# expect: QUOTA_FUEL
import itertools

-1 in itertools.count()
