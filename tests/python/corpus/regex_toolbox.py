"""What workflows do with regular expressions: mails, redaction, tokens, substitution by function."""

import re

TEXT = """Contact: Ann Lee <ann.lee@example.com>, +49 30 1234567; Bob <bob@mail.example.org>.
Card 4111-1111-1111-1111, due 2024-03-05 and 05.03.2024. Tags: #urgent #q1_2024 #no-tag?"""

print(re.findall(r"([\w.]+)@([\w.]+\.\w+)", TEXT))
print([m.span() for m in re.finditer(r"#(\w+)", TEXT)])
print(re.sub(r"\b(\d{4})-\d{4}-\d{4}-(\d{4})\b", r"\1-****-****-\g<2>", TEXT).splitlines()[1][:30])


def iso(match):
    day, month, year = match.groups()
    return f"{year}-{month}-{day}"


print(re.subn(r"(\d\d)\.(\d\d)\.(\d{4})", iso, TEXT)[1], re.sub(r"(\d\d)\.(\d\d)\.(\d{4})", iso, "05.03.2024"))

TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<op>[-+*/()=]))")


def tokens(text):
    at = 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError(f"at {at}: {text[at:]!r}")
        yield match.lastgroup, match.group(match.lastgroup)
        at = match.end()


print(list(tokens("total = 3.5*(rate + 2)")))
try:
    list(tokens("1 + $"))
except SyntaxError as error:
    print(error)

print(re.split(r"[,;]\s*", "a, b;c,  d"), re.split(r"(-)", "1-2-3"), re.split(r"\s+", " a  b ", maxsplit=1))
print(re.fullmatch(r"(?i)[a-f\d]{8}", "DEADbeef") is not None, re.match(r"(?s).+", "a\nb").group() == "a\nb")
print(re.findall(r"(?m)^(\w+):", "k: 1\nkey: 2\n x: 3"), re.search(r"(?<=\$)\d+(?!\d|\.)", "$15.50 $20").group())
print(re.sub(r"(?P<a>\w)(?P=a)", "<\\g<a>>", "book-keeper"), re.escape("a.b*c?[d]"))
match = re.search(r"(?P<y>\d{4})-(?P<m>\d\d)(?:-(?P<d>\d\d))?", "on 2024-03 or so")
print(match.groupdict(), match.groupdict("01"), match["y"], match.start("m"), match.expand(r"\m/\y".replace("\\m", "\\g<m>").replace("\\y", "\\g<y>")))
print(re.findall(r"\b\w(?=\w*o)", "foo bar boot tool"), re.sub(r"(?<!\d)0+(?=\d)", "", "007 a0b 00100"))
print(re.compile("é+", re.I).findall("ÉéE"), re.findall(r"\w+", "naïve façade"), re.findall(r"\w+", "naïve", re.A))
pattern = re.compile(r"(a)(b)?(c)")
print(pattern.groups, pattern.match("ac").groups(), pattern.match("ac").lastindex, pattern.pattern, pattern.flags & re.UNICODE != 0)
try:
    re.compile("(unclosed")
except re.error as error:
    print(error.pos, error.msg)
print(re.sub(r"(\d+)", lambda m: str(int(m[1]) * 2), "1 and 22"), re.sub("x*", "-", "abxd"), re.findall(r"(?:ab){2,3}?", "abababab"))
print(re.findall(r"(?>a+)b", "aaab"), re.findall(r"a++b", "aaab ab"), re.search(r"(?x) a  # comment\n b", "ab") is not None)
