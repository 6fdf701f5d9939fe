# hostile: a decimal of a million digits
# expect: QUOTA_FUEL|QUOTA_MEMORY
import decimal

decimal.getcontext().prec = 10**6
decimal.Decimal(2).sqrt()
