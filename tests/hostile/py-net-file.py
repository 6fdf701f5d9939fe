# hostile: a fetch of a file of the machine
# expect: INVALID_INPUT|RUNTIME_EXCEPTION|POLICY_DENIED
# grant: {"read": ["**"], "write": [], "net": ["*"]}
import requests

requests.get("file:///etc/passwd")
