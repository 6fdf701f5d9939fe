# hostile: a dict whose items never end
# expect: QUOTA_FUEL|QUOTA_MEMORY
class Evil(dict):
    def items(self):
        while True:
            yield "a", 1


Evil(a=1)
