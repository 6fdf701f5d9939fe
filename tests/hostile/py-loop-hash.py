# hostile: a hash that never comes
# expect: QUOTA_FUEL
class Evil:
    def __hash__(self):
        while True:
            pass


{Evil(): 1}
