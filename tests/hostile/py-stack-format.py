# hostile: format specifications within one another
# expect: RUNTIME_EXCEPTION|QUOTA_STACK
("{:" * 1000 + "}" * 1000).format(*range(1000))
