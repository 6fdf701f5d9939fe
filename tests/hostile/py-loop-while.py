# hostile: an endless loop
# expect: QUOTA_FUEL
while True:
    pass
