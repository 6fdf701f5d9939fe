# hostile: a loop that is stopped by the clock
# expect: QUOTA_CPU
# limits: {"fuelMax": 1000000000000, "cpuMsMax": 300}
while True:
    pass
