# hostile: more fetches than are allowed, whatever comes back
# expect: QUOTA_FETCHES
# grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
import requests

pages = [f"https://granted.test/{page}" for page in range(100)]
while True:
    for page in pages:
        try:
            requests.get(page)
        except Exception:
            pass
