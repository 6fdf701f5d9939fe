# hostile: a property that asks for itself
# expect: QUOTA_STACK
class Evil:
    @property
    def value(self):
        return self.value


Evil().value
