# hostile: an endless loop in a text that is executed
# expect: QUOTA_FUEL
exec("while True: pass")
