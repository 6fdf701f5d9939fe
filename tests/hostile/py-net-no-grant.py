# hostile: a fetch that nobody granted
# expect: POLICY_DENIED
import requests

requests.get("https://example.com/")
