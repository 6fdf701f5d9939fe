# hostile: an object that makes another when it goes
# expect: QUOTA_FUEL|QUOTA_OUTPUT
class Phoenix:
    def __del__(self):
        Phoenix()


while True:
    Phoenix()
