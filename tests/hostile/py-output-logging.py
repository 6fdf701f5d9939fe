# hostile: records of logging without end
# expect: QUOTA_OUTPUT|QUOTA_CALLS
import logging

while True:
    logging.error("x" * 100)
