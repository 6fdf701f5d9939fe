# hostile: randomness without end
# expect: QUOTA_CPU
# limits: {"cpuMsMax": 500}
import os

while True:
    os.urandom(10_000)
