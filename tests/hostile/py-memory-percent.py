# hostile: a width in the old way of formatting
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
"%1000000000d" % 1
