# hostile: looks at the clock without end
# expect: QUOTA_FUEL|QUOTA_CALLS
import time

while True:
    time.time()
