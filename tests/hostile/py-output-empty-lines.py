# hostile: empty lines
# expect: QUOTA_OUTPUT|QUOTA_CALLS
while True:
    print()
