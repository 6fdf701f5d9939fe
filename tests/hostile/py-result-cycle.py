# hostile: a result that holds itself
# expect: INVALID_RESULT
items = []
items.append(items)
items
