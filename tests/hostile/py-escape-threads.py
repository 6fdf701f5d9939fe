# hostile: threads without end
# expect: QUOTA_CALLS|QUOTA_FUEL|QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY
import threading


def breed():
    while True:
        threading.Thread(target=breed).start()


breed()
