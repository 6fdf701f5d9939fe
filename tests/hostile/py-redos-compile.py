# hostile: a pattern that is long to read
# expect: QUOTA_FUEL|QUOTA_MEMORY|QUOTA_STACK|RUNTIME_EXCEPTION
import re

re.compile("(?:" * 2000 + "a" + ")*" * 2000)
