# hostile: a text that doubles
# expect: QUOTA_MEMORY
text = "ab"
while True:
    text += text
