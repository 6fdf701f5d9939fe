# What it was given, as it came, and what it says of it.
import json, selvage
print('args', json.dumps(selvage.args, sort_keys=True))
{'args': selvage.args, 'type': type(selvage.args).__name__}
