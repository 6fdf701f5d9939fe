# hostile: a header with a line break
# expect: RUNTIME_EXCEPTION|INVALID_INPUT|FETCH_FAILED
# grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
import httpx

httpx.get("https://granted.test/", headers={"a": "b\r\nhost: evil.test"})
