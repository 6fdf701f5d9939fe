"""What `requests` and `httpx` have in common: a request becomes bytes, goes through the run's grant, and comes back as bytes.

The host follows redirects, limits time and size, and sends no credentials but those that are in the headers.
"""

import base64
import json as _json
import re
import time
import uuid
from collections.abc import Iterable, Mapping, MutableMapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit


class Headers(MutableMapping):
    """Names without regard to case, in the order in which they came."""

    def __init__(self, items=None):
        self._items = {}
        self.update(items or {})

    def __setitem__(self, name, value):
        self._items[name.lower()] = (name, value)

    def __getitem__(self, name):
        return self._items[name.lower()][1]

    def __delitem__(self, name):
        del self._items[name.lower()]

    def __iter__(self):
        return (name for name, _ in self._items.values())

    def __len__(self):
        return len(self._items)

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        lower = lambda items: {name.lower(): value for name, value in items.items()}
        return lower(self) == lower(other)

    def copy(self):
        return type(self)(self)

    def __repr__(self):
        return f"{type(self).__name__}({dict(self.items())!r})"


class Refused(Exception):
    """The host's own word. `code` is one of the closed list, `hint` says what to do."""

    def __init__(self, code, message, hint):
        super().__init__(f"{message} {hint}" if hint else message)
        self.code = code

    @property
    def kind(self):
        """What it is for a client: `denied`, an `address` that is none, `late`, or `unreached`."""
        if self.code == "POLICY_DENIED":
            return "denied"
        if self.code in ("INVALID_INPUT", "INVALID_PATH"):
            return "address"
        if self.code == "FETCH_FAILED" and "no answer within" in str(self):
            return "late"
        return "unreached"


class Request:
    """A request as it is sent."""

    def __init__(self, method, url, headers, body):
        self.method, self.url, self.headers, self.body = method, url, headers, body

    @property
    def content(self):
        return self.body or b""

    def __repr__(self):
        return f"<{type(self).__name__} [{self.method}]>"


def pairs(values):
    """Names and values of a query or a form; None is left out, a list is several values."""
    if isinstance(values, (str, bytes)):
        return parse_qsl(values.decode() if isinstance(values, bytes) else values, keep_blank_values=True)
    found = []
    for name, value in values.items() if isinstance(values, Mapping) else values:
        for one in value if isinstance(value, (list, tuple, set)) else [value]:
            if one is not None:
                found.append((name, one))
    return found


def _with_params(url, params):
    if not params:
        return url
    parts = urlsplit(url)
    more = params if isinstance(params, str) else urlencode(pairs(params))
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, more) if part)))


def _multipart(data, files):
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in pairs(data or {}):
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, file in files.items() if isinstance(files, Mapping) else files:
        filename, content, kind = name, file, None
        if isinstance(file, tuple):
            filename, content, kind = (*file, None)[:3]
        elif hasattr(file, "name"):
            filename = str(file.name).rpartition("/")[2]
        content = content.read() if hasattr(content, "read") else content
        content = content.encode() if isinstance(content, str) else content
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        head += f"Content-Type: {kind or 'application/octet-stream'}\r\n\r\n"
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def build(method, url, *, base="", params=None, headers=None, data=None, content=None, json=None, files=None, auth=None, cookies=None, kind=Request):
    """A request of what a program says about it."""
    url = _with_params(urljoin(base, str(url)) if base else str(url), params)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"the address {url!r} does not begin with http:// or https://")
    if not parts.hostname:
        raise ValueError(f"the address {url!r} names no host")
    sent, body = Headers(headers), content
    sent = Headers({name: value for name, value in sent.items() if value is not None})
    guessed = None
    if json is not None and data is None and content is None and files is None:
        body, guessed = _json.dumps(json, allow_nan=False).encode(), "application/json"
    elif files:
        body, guessed = _multipart(data, files)
    elif isinstance(data, (Mapping, list, tuple)):
        body, guessed = urlencode(pairs(data)).encode(), "application/x-www-form-urlencoded"
    elif data is not None:
        body = data
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    elif isinstance(body, Iterable) and not isinstance(body, (bytes, bytearray)):
        body = b"".join(part.encode() if isinstance(part, str) else part for part in body)
    if guessed and "content-type" not in sent:
        sent["Content-Type"] = guessed
    if auth is None and parts.username is not None:
        auth = (parts.username, parts.password or "")
    if parts.username is not None:
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in dict(cookies).items())
    request = kind(method.upper(), url, sent, None if body is None else bytes(body))
    if isinstance(auth, tuple):
        secret = ":".join(part if isinstance(part, str) else part.decode() for part in auth)
        request.headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    elif callable(auth):
        request = auth(request) or request
    return request


def send(request):
    """Sends a request, and waits where it stands: status, its text, the final address, headers, bytes and seconds. Raises `Refused`."""
    import selvage

    began = time.monotonic()
    answer, body, error = selvage.fetch(*_sent(request))
    if error is not None:
        raise Refused(*error[:3])
    return _came(answer, body, began)


async def send_later(request):
    """The same, while others have their turn. Where the loop can't wait for the host, the request waits where it stands."""
    import asyncio
    import _host

    if not _host.goes_back():
        await asyncio.sleep(0)
        return send(request)
    began = time.monotonic()
    try:
        answer, body = await _host.fetch(*_sent(request))
    except _host.HostError as error:
        raise Refused(error.code, error.args[0], error.hint) from None
    return _came(answer, body, began)


def _sent(request):
    return request.method, request.url.partition("#")[0], list(request.headers.items()), request.body or b""


def _came(answer, body, began):
    headers = [(name, value) for name, value in answer["headers"]]
    return answer["status"], answer["statusText"], answer["url"], headers, body, time.monotonic() - began


_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)


def charset(headers):
    """The encoding that the headers name."""
    found = _CHARSET.search(headers.get("content-type", ""))
    return found[1] if found else None


def decoded(content, encoding):
    try:
        return content.decode(encoding or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
