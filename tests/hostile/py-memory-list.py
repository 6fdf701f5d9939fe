# hostile: a list that grows by large steps
# expect: QUOTA_MEMORY
# limits: {"fuelMax": 500000000}
items = []
while True:
    items.append(str(len(items) % 10) * 1_000_000)
