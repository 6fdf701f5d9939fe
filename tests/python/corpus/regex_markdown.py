"""A small Markdown converter, the kind that lives in many repositories: regular expressions line by line."""

import html
import re

SOURCE = """# Report *Q1*

Revenue was **up 12 %** & costs `a < b` stayed.
See [the table](https://example.com/t?a=1&b=2 "Table").

- first
- second with *stress*
    1. inner
- third

```py
if a < b:
    print("no *markup* here")
```

> quoted
> twice

***
Done\\* <script>
"""

INLINE = [
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<![\\*])\*([^*\s][^*]*)\*"), r"<i>\1</i>"),
    (re.compile(r"\[([^\]]+)\]\((\S+?)(?:\s+&quot;(.*?)&quot;)?\)"), lambda m: f'<a href="{m[2]}"' + (f' title="{m[3]}"' if m[3] else "") + f">{m[1]}</a>"),
    (re.compile(r"\\([*_`])"), r"\1"),
]


def inline(text):
    text = html.escape(text)
    for pattern, replacement in INLINE:
        text = pattern.sub(replacement, text)
    return text


def convert(source):
    lines = iter(source.splitlines())
    paragraph = []

    def flush():
        if paragraph:
            yield "<p>" + " ".join(paragraph) + "</p>"
            paragraph.clear()

    for line in lines:
        if line.startswith("```"):
            yield from flush()
            code = []
            for line in lines:
                if line == "```":
                    break
                code.append(html.escape(line))
            yield "<pre>" + "\n".join(code) + "</pre>"
        elif match := re.match(r"(#{1,6})\s+(.*)", line):
            yield from flush()
            level = len(match[1])
            yield f"<h{level}>{inline(match[2])}</h{level}>"
        elif match := re.match(r"(\s*)(?:[-*]|(\d+)\.)\s+(.*)", line):
            yield from flush()
            kind = "ol" if match[2] else "ul"
            yield f"<{kind} depth={len(match[1]) // 4}>{inline(match[3])}"
        elif re.fullmatch(r"(\*\s*){3,}", line):
            yield from flush()
            yield "<hr>"
        elif line.startswith("> "):
            yield f"<q>{inline(line[2:])}</q>"
        elif line.strip():
            paragraph.append(inline(line))
        else:
            yield from flush()
    yield from flush()


print("\n".join(convert(SOURCE)))
print(html.unescape("&lt;b&gt; &amp;amp; &eacute; &#8364; &#x41; &nosuch; &copy"))
