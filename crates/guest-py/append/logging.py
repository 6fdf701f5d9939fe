

# Appended by Selvage: what goes to `sys.stderr` goes to the run's log, with the record's own level.
_emit_to_stream = StreamHandler.emit


def _emit_to_log(self, record):
    if self.stream is not sys.stderr:
        return _emit_to_stream(self, record)
    try:
        import selvage

        selvage.log(record.levelno, self.format(record))
    except RecursionError:
        raise
    except Exception:
        self.handleError(record)


StreamHandler.emit = _emit_to_log
