

# Appended by Selvage: the parser below stops at what is broken and says nothing, so what it read is compared with what there was.
# It also begins anew with each piece it is given. So it is given the whole where nothing is told of before the end, and otherwise
# pieces that grow with what it was given before.
_SMALL = 4096
_TOKEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|</([^\s<>]+)\s*>"
    r"|<([^\s<>/!?&=]+)(?:\s+[^\s<>/=]+\s*=\s*(?:\"[^<\"]*\"|'[^<']*'))*\s*(/?)>|[^<&]+|&[^\s<&;]+;",
    re.S,
)
_LAST = re.compile(rb"</[^<>]*>|<[^<>]*/>|/>|(?=<[!?])")
_BEHIND = re.compile(rb"\s+|<!--(?:(?!--).)*-->|<\?(?!xml\b).*?\?>", re.S)
_ENCODING = re.compile(r"""(\ufeff?<\?xml\s[^<>]*?)\sencoding\s*=\s*(?:"[^"]*"|'[^']*')""")


def _is_over(whole, at):
    """Whether a document ends with the tag at a place, but for comments and the like."""
    found = _LAST.match(whole, at)
    while found and found.end() < len(whole):
        found = _BEHIND.match(whole, found.end())
    return found is not None


def _broken(text):
    """The code, the words and the place of what is wrong in a text; `None` where nothing is found."""
    known = {"lt", "gt", "amp", "quot", "apos", *re.findall(r"<!ENTITY\s+([^\s%]+)", text)}
    opened, rooted, at = [], False, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at] == "<" and text.find(">", at) < 0:
                return 5, "unclosed token", at
            return 4, "not well-formed (invalid token)", at + (text[at] == "&")
        token, (closed, began, empty) = found[0], found.groups()
        if closed:
            if not opened:
                return 4, "not well-formed (invalid token)", at + 1
            if opened.pop() != closed:
                return 7, "mismatched tag", at + 2
        elif not opened and (began or token[0] != "<"):
            blank = len(token) - len(token.lstrip())
            if rooted and blank < len(token):
                return 9, "junk after document element", at + blank
            if not began and blank < len(token):
                return 2, "syntax error", at + blank
            rooted = rooted or bool(began)
        elif token[0] == "&" and token[1] != "#" and token[1:-1] not in known:
            return 11, "undefined entity " + token, at
        if began and not empty:
            opened.append(began)
        at = found.end()
    if opened or not rooted:
        return 3, "no element found", at


class XMLParser(XMLParser):
    def __init__(self, *, target=None, encoding=None):
        import pyexpat

        create = pyexpat.ParserCreate

        def keep(*args):
            self._scanner = create(*args)
            return self._scanner

        # The scanner tells how far it came, and the parser shows it to nobody.
        pyexpat.ParserCreate = keep
        try:
            super().__init__(target=target, encoding=encoding)
        finally:
            pyexpat.ParserCreate = create
        self._pieces, self._size, self._seen = [], 0, 0
        self._tells = type(self.target) is not TreeBuilder

    def _setevents(self, events_queue, events_to_report):
        self._tells = True
        super()._setevents(events_queue, events_to_report)

    def feed(self, data):
        if isinstance(data, str):
            # What is a text already has no encoding, whatever it says.
            said = None if self._pieces else _ENCODING.match(data)
            data = (data if said is None else said[1] + data[said.end() :]).encode()
        self._pieces.append(bytes(data))
        self._size += len(data)
        if self._tells and (self._size < _SMALL or self._size - self._seen > self._size // 4):
            self._scan(False)

    def flush(self):
        self._scan(False)

    def close(self):
        self._scan(True)
        self._compare(type(self.target) is TreeBuilder and self._is_open())
        return super().close()

    def _scan(self, last):
        new = b"".join(self._pieces)[self._seen :]
        self._seen = self._size
        try:
            self._scanner.Parse(new, last)
        except ParseError:
            self._compare(True)
            raise

    def _is_open(self):
        """Whether the tree has no root, or elements that were not closed."""
        if self.target.close() is None:
            return True
        try:
            self.target.end("")
        except IndexError:
            return False
        return True

    def _parse_whole(self, source):
        self.feed(source.read())
        return self.close()

    def _compare(self, surely):
        """Raises what is wrong in a document, where the scanner may not have come to its end, or has surely not."""
        whole, at = b"".join(self._pieces), self._scanner.CurrentByteIndex
        if not surely and at >= 0 and _is_over(whole, at):
            return
        said = re.match(rb"""<\?xml\s[^>]*?\sencoding\s*=\s*["']([\w.-]+)""", whole)
        try:
            text = whole.decode(said[1].decode() if said else "utf-8-sig", "replace")
        except LookupError:
            text = whole.decode("utf-8", "replace")
        text = text.replace("\r\n", "\n")
        wrong = _broken(text)
        if wrong:
            code, words, at = wrong
            place = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1
        elif surely:
            code, words = 4, "not well-formed (invalid token)"
            place = self._scanner.CurrentLineNumber, self._scanner.CurrentColumnNumber
        else:
            return
        error = ParseError(f"{words}: line {place[0]}, column {place[1]}")
        error.code, error.position = code, place
        raise error
