# hostile: alternatives that overlap
# expect: QUOTA_FUEL
import re

re.fullmatch(r"(?:a|aa|aaa)+c", "a" * 80)
