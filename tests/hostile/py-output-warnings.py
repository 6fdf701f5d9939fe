# hostile: warnings without end
# expect: QUOTA_OUTPUT|QUOTA_CALLS
import warnings

warnings.simplefilter("always")
while True:
    warnings.warn("x" * 500)
