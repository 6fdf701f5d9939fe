# hostile: calls without end
# expect: QUOTA_STACK
def down(n):
    return down(n + 1)


down(0)
