# hostile: it waits for what nobody puts in
# expect: QUOTA_FUEL|QUOTA_CPU
import queue

queue.Queue().get()
