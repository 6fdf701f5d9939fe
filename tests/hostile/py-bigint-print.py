# hostile: a large number as text, without the limit of digits
# expect: QUOTA_FUEL|QUOTA_MEMORY|QUOTA_OUTPUT
import sys

sys.set_int_max_str_digits(0)
len(str(1 << 40_000_000))
