# hostile: the product of a million numbers
# expect: QUOTA_FUEL
import math

math.factorial(10**6)
