# hostile: a sort whose comparison never ends
# expect: QUOTA_FUEL
class Evil:
    def __lt__(self, other):
        while True:
            pass


sorted([Evil(), Evil()])
