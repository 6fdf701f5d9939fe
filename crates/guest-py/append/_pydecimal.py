

# Appended by Selvage: whether a signal is raised or trapped is a `bool`, as it is where the library is compiled.
class _Signals(dict):
    def __setitem__(self, signal, value):
        super().__setitem__(signal, bool(value))


_set_as_it_is = Context._set_signal_dict


def _set_signals(self, name, signals):
    # Contexts share these: what has the form already stays the same.
    if isinstance(signals, dict) and not isinstance(signals, _Signals):
        signals = _Signals({signal: bool(value) for signal, value in signals.items()})
    return _set_as_it_is(self, name, signals)


Context._set_signal_dict = _set_signals
for _context in (DefaultContext, BasicContext, ExtendedContext):
    _context.flags, _context.traps = _context.flags, _context.traps
