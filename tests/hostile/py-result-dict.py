# hostile: a dict whose items lie
# expect: INVALID_RESULT|RUNTIME_EXCEPTION|GUEST_CRASHED|OK
class Evil(dict):
    def items(self):
        return [(1,), 2, "abc"]


Evil(a=1)
