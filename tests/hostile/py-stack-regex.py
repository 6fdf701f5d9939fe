# hostile: groups within groups
# expect: QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_FUEL
import re

re.compile("(" * 5000 + ")" * 5000)
