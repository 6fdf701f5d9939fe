# hostile: an error whose class has a long name
# expect: RUNTIME_EXCEPTION
raise type("X" * 1_000_000, (Exception,), {})
