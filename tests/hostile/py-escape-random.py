# hostile: chance that is not the run's
# expect: OK
import os
import random
import secrets
import uuid

[random.random(), os.urandom(4).hex(), secrets.token_hex(4), str(uuid.uuid4()), random.SystemRandom().random(), hash("a"), id(object()) > 0]
