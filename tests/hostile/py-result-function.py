# hostile: a result that has no form
# expect: INVALID_RESULT
{"call": print}
