# hostile: a pattern that refers back to itself, over and over
# expect: QUOTA_FUEL
import re

re.search(r"^(\w+\s?)+\1$", "word " * 30 + "!")
