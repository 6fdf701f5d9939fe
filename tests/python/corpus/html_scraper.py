"""Pulls links, a table and a title out of a page that is not quite well formed."""

from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

PAGE = """<!DOCTYPE html>
<html><head><title>Prices &amp; terms</title><script>var x = "<b>no</b>";</script></head>
<body class=main data-x='1 &lt; 2'>
<!-- a comment -->
<p>See <a href="/docs?a=1&amp;b=2">the docs</a> or <A HREF=../up.html>up</A>, <a name=anchor>nothing</a>.<br/>
<table><tr><th>Item<th>Price</tr>
<tr><td>Bolt &eacute;<td>1&#8364;</tr><tr><td> Nut <b>hex</b></td><td>2&#x20AC;</td></tr></table>
<img src=a.png alt="A > B"><input disabled>
</body></html>"""


class Scraper(HTMLParser):
    VOID = {"br", "img", "input", "hr", "meta"}

    def __init__(self, base):
        super().__init__(convert_charrefs=True)
        self.base, self.links, self.rows, self.title = base, [], [], ""
        self.open, self.events = [], []

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th", "tr") and self.open and self.open[-1] in ("td", "th"):
            self.open.pop()
        if tag not in self.VOID:
            self.open.append(tag)
        attributes = dict(attrs)
        if tag == "a" and "href" in attributes:
            self.links.append(urljoin(self.base, attributes["href"]))
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag in ("body", "img", "input"):
            self.events.append((tag, attrs))

    def handle_endtag(self, tag):
        while self.open and tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if self.open[-1:] == ["title"]:
            self.title += data
        elif {"td", "th"} & set(self.open) and self.rows:
            self.rows[-1][-1] += data

    def handle_comment(self, data):
        self.events.append(("comment", data.strip()))

    def handle_decl(self, decl):
        self.events.append(("decl", decl))


scraper = Scraper("https://shop.example/a/b/index.html")
for start in range(0, len(PAGE), 50):
    scraper.feed(PAGE[start : start + 50])
scraper.close()
print(scraper.title)
print(scraper.links, [urlsplit(link).path for link in scraper.links])
for row in scraper.rows:
    print([" ".join(cell.split()) for cell in row])
for event in scraper.events:
    print(event)
print(escape('<a href="x">&\'</a>'), escape('"', quote=False), unescape("&amp;lt; &nbsp;&hearts; &#128512; &notit;"))
