# hostile: handlers of signals and of the end that keep it alive
# expect: QUOTA_FUEL
import atexit
import signal


@atexit.register
def again():
    while True:
        pass


signal.signal(signal.SIGTERM, lambda *args: again())
