# hostile: looks at files without end
# expect: QUOTA_CALLS
import os

while True:
    os.path.exists("nothing")
