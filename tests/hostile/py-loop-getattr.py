# hostile: an attribute that is looked for by looking for it
# expect: QUOTA_STACK|QUOTA_FUEL
class Evil:
    def __getattr__(self, name):
        return getattr(self, name + "x")


Evil().a
