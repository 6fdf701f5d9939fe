# hostile: a line that has no end
# expect: QUOTA_OUTPUT
import sys

while True:
    sys.stderr.write("x" * 100)
