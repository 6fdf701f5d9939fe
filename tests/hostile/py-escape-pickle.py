# hostile: a pickle that calls whatever it names
# expect: OK|RUNTIME_EXCEPTION
import pickle

pickle.loads(b"cposix\nsystem\n(S'id'\ntR.")
