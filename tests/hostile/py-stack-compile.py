# hostile: a text of nested brackets that is compiled
# expect: QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY
eval("(" * 5000 + "1" + ")" * 5000)
