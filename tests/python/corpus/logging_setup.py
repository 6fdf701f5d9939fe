"""Logging as an application sets it up: handlers, filters, formatters, adapters, hierarchy, exceptions."""

import io
import logging
import logging.config
import logging.handlers

out = io.StringIO()
handler = logging.StreamHandler(out)
handler.setFormatter(logging.Formatter("{levelname:<8}|{name}|{message}", style="{"))
root = logging.getLogger()
root.addHandler(handler)
root.setLevel(logging.INFO)

log = logging.getLogger("app.db")
log.debug("not seen")
log.info("connected to %s in %.1f ms", "db1", 12.345)
log.warning("slow %(query)s", {"query": "select"})
logging.getLogger("app").setLevel(logging.ERROR)
log.warning("hidden by the parent's level")
log.setLevel(logging.DEBUG)
log.debug("seen now")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")


class Redact(logging.Filter):
    def filter(self, record):
        record.msg = str(record.msg).replace("secret", "***")
        return record.levelno != logging.CRITICAL


handler.addFilter(Redact())
log.error("the secret is out")
log.critical("never shown")
adapter = logging.LoggerAdapter(log, {"run": 7})
adapter.process = lambda msg, kwargs: (f"[{adapter.extra['run']}] {msg}", kwargs)
adapter.error("adapted")
lines = out.getvalue().splitlines()
print("\n".join(line for line in lines if not line.startswith(("  ", "Traceback"))))
print(any("ZeroDivisionError" in line for line in lines), log.getEffectiveLevel(), log.isEnabledFor(10), logging.getLevelName(35), log.parent.name)

logging.config.dictConfig({
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"short": {"format": "%(levelname).1s %(name)s: %(message)s"}},
    "handlers": {"mem": {"class": "logging.StreamHandler", "formatter": "short", "stream": "ext://sys.stdout"}},
    "loggers": {"conf": {"handlers": ["mem"], "level": "DEBUG", "propagate": False}},
})
logging.getLogger("conf.inner").debug("configured")

memory = logging.handlers.MemoryHandler(10, flushLevel=logging.ERROR, target=handler)
buffered = logging.getLogger("buffered")
buffered.addHandler(memory)
buffered.propagate = False
buffered.setLevel(logging.INFO)
buffered.info("waits")
print(len(memory.buffer), end=" ")
buffered.error("flushes")
print(len(memory.buffer), out.getvalue().splitlines()[-2:])
rotating = logging.handlers.RotatingFileHandler("app.log", maxBytes=60, backupCount=1)
buffered.addHandler(rotating)
for n in range(5):
    buffered.info("line number %d of the rotating file", n)
rotating.close()
with open("app.log") as now, open("app.log.1") as before:
    print(len(now.readlines()), len(before.readlines()))
