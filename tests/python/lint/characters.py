a = ""  # invalid-character-backspace
b = ""  # invalid-character-sub
c = ""  # invalid-character-esc
d = "​"  # invalid-character-zero-width-space
e = "‮"  # bidirectional-unicode
