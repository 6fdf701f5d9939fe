# hostile: a pickle that nests as it is read
# expect: OK|QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_FUEL
import pickle

deep = pickle.loads(b"]" * 100_000 + b"a" * 99_999 + b".")
result = type(deep).__name__
