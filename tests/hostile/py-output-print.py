# hostile: lines without end
# expect: QUOTA_OUTPUT
while True:
    print("x" * 1000)
