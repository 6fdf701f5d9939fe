# hostile: keys that all collide
# expect: QUOTA_FUEL|QUOTA_MEMORY
class Same:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self is other


table = {Same(): n for n in range(20000)}
