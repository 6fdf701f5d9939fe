# hostile: it catches that memory is full and goes on
# expect: QUOTA_MEMORY|QUOTA_FUEL
# limits: {"fuelMax": 30000000}
items = []
while True:
    try:
        items.append(bytearray(5_000_000))
    except BaseException:
        pass
