# hostile: entities within entities
# expect: OK|RUNTIME_EXCEPTION|QUOTA_MEMORY|QUOTA_FUEL
import xml.etree.ElementTree as ET

names = "abcdefghij"
entities = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip(names, names[1:]))
text = ET.fromstring(f"<!DOCTYPE x [{entities}]><x>&j;</x>").text
result = len(text or "")
