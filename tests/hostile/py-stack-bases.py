# hostile: classes upon classes
# expect: QUOTA_STACK|QUOTA_FUEL|QUOTA_MEMORY|OK
# limits: {"fuelMax": 200000000}
kind = object
for n in range(5000):
    kind = type(f"K{n}", (kind,), {})
result = isinstance(kind(), object)
