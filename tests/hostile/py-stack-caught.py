# hostile: calls without end, caught and begun anew
# expect: QUOTA_STACK|QUOTA_FUEL
def down():
    try:
        down()
    except RecursionError:
        down()


down()
