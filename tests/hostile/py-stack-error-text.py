# hostile: an error whose text can't be made
# expect: RUNTIME_EXCEPTION|QUOTA_STACK
class Evil(Exception):
    def __str__(self):
        return str(self)


raise Evil
