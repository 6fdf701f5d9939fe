# hostile: memory by small steps
# expect: QUOTA_MEMORY|QUOTA_FUEL
# limits: {"fuelMax": 500000000}
items = []
while True:
    items.append([len(items)])
