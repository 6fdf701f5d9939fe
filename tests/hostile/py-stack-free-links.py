# hostile: a chain of objects that goes link by link
# expect: OK|QUOTA_STACK
class Link:
    def __init__(self, next):
        self.next = next


chain = None
for _ in range(50_000):
    chain = Link(chain)
del chain
