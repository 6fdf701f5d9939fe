# hostile: a pattern that tries every way to cut a text
# expect: QUOTA_FUEL
import re

re.match(r"(a+)+$", "a" * 64 + "b")
