# hostile: an object that says that it is a dataclass
# expect: RUNTIME_EXCEPTION|INVALID_RESULT|QUOTA_STACK|QUOTA_FUEL
class Evil:
    __dataclass_fields__ = {"me": 1}

    @property
    def me(self):
        return Evil()


Evil()
