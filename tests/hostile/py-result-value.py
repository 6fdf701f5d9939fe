# hostile: an enum of itself
# expect: QUOTA_STACK|INVALID_RESULT|RUNTIME_EXCEPTION
class Evil:
    @property
    def _value_(self):
        return Evil()


Evil()
