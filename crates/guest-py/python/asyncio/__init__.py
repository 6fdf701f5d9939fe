"""asyncio on a loop that waits for time and for nothing else: a run has no sockets, processes or threads."""

from .coroutines import *
from .events import *
from .exceptions import *
from .futures import *
from .locks import *
from .runners import *
from .queues import *
from .tasks import *
from .taskgroups import *
from .timeouts import *
from .unix_events import *
from .unix_events import _DefaultEventLoopPolicy

__all__ = (
    coroutines.__all__
    + events.__all__
    + exceptions.__all__
    + futures.__all__
    + locks.__all__
    + runners.__all__
    + queues.__all__
    + tasks.__all__
    + taskgroups.__all__
    + timeouts.__all__
    + unix_events.__all__
)
