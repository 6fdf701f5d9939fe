# hostile: naps without end
# expect: QUOTA_CALLS|QUOTA_FUEL|QUOTA_WALL
import time

while True:
    time.sleep(0)
