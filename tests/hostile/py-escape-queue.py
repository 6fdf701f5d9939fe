# hostile: it waits for what nobody puts in
# expect: QUOTA_WALL|STALLED|RUNTIME_EXCEPTION|QUOTA_FUEL|QUOTA_CPU
# limits: {"wallMsMax": 1000, "cpuMsMax": 1000}
import queue

queue.Queue().get()
