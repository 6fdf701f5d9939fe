# hostile: a granted name before the @ of another
# expect: POLICY_DENIED|INVALID_INPUT|RUNTIME_EXCEPTION
# grant: {"read": ["**"], "write": [], "net": ["granted.test"]}
import selvage

answer = selvage.fetch("GET", "https://granted.test@evil.test/", [], b"")
assert answer[0] is not None and answer[0][0] != "FETCH_FAILED", answer
raise RuntimeError("refused")
