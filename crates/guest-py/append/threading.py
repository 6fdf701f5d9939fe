

# Appended by Selvage: there is one thread, which has whatever lock it asks for, so it is the one that notifies.
_init_of_condition = Condition.__init__


def _init_owned(self, lock=None):
    _init_of_condition(self, lock)
    self._is_owned = lambda: True


Condition.__init__ = _init_owned
