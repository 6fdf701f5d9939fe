# hostile: folders that go down without end
# expect: RUNTIME_EXCEPTION|QUOTA_FILES
import os

path = "d"
while True:
    os.mkdir(path)
    path += "/d"
