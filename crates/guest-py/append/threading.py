

# Appended by Selvage: there is one thread, which has whatever lock it asks for, so it is the one that notifies.
_init_of_condition = Condition.__init__


def _init_owned(self, lock=None):
    _init_of_condition(self, lock)
    self._is_owned = lambda: True


Condition.__init__ = _init_owned


# A lock that is taken stays so for as long as somebody waits; whoever would wait forever has it.
def _acquire(self, blocking=True, timeout=-1):
    if self.locked_status and (not blocking or timeout >= 0):
        if blocking:
            import time

            time.sleep(timeout)
        return False
    self.locked_status = True
    return True


def _acquire_again(self, blocking=True, timeout=-1):
    self.locked_count += 1
    return True


_LockType.acquire = _LockType.__enter__ = _acquire
_CRLock.acquire = _CRLock.__enter__ = _acquire_again
