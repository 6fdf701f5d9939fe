# hostile: a finder of modules that never answers
# expect: QUOTA_FUEL
import sys


class Finder:
    def find_spec(self, *args):
        while True:
            pass


sys.meta_path.insert(0, Finder())
import calendar
