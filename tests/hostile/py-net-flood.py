# hostile: more fetches than are allowed, whatever comes back
# expect: QUOTA_FETCHES
# grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
import requests

while True:
    try:
        requests.get("https://granted.test/")
    except Exception:
        pass
