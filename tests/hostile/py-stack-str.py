# hostile: a text that is made by making it
# expect: QUOTA_STACK
class Evil:
    def __str__(self):
        return f"{self}"

    __repr__ = __str__


print(Evil())
