# hostile: an endless iterator drained into nothing, inside the interpreter
# expect: QUOTA_FUEL
import collections
import itertools

collections.deque(itertools.count(), maxlen=0)
