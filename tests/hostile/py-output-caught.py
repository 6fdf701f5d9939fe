# hostile: lines without end, whatever is raised
# expect: QUOTA_OUTPUT
while True:
    try:
        print("x" * 1000)
    except BaseException:
        pass
