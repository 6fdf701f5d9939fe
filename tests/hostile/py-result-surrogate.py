# hostile: half a character
# expect: OK
"\ud800"
