# hostile: a lock that it holds itself
# expect: OK|QUOTA_WALL|STALLED|RUNTIME_EXCEPTION|QUOTA_FUEL|QUOTA_CPU
# limits: {"wallMsMax": 1000, "cpuMsMax": 1000}
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()
