# hostile: counted repetitions within one another
# expect: QUOTA_FUEL|QUOTA_MEMORY
import re

re.match(r"(?:(?:(?:a{1,50}){1,50}){1,50}){1,50}b", "a" * 500)
