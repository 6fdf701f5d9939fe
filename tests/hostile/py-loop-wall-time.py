# hostile: a sleep beyond the run's time
# expect: QUOTA_WALL
# limits: {"wallMsMax": 300}
import time

while True:
    try:
        time.sleep(3600)
    except BaseException:
        pass
