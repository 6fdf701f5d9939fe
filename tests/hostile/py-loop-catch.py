# hostile: an endless loop that catches whatever stops it
# expect: QUOTA_FUEL
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
