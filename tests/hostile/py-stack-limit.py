# hostile: it raises the limit of nested calls
# expect: QUOTA_STACK
import sys

sys.setrecursionlimit(10**6)


def down(n):
    return down(n + 1)


down(0)
