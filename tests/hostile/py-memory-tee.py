# hostile: an iterator whose past is kept for another
# expect: QUOTA_MEMORY|QUOTA_FUEL
# limits: {"fuelMax": 500000000}
import itertools

ahead, behind = itertools.tee(itertools.count())
for number in ahead:
    pass
