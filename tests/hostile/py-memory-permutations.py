# hostile: all orders of twelve things
# expect: QUOTA_MEMORY|QUOTA_FUEL
# limits: {"fuelMax": 500000000}
import itertools

list(itertools.permutations(range(12)))
