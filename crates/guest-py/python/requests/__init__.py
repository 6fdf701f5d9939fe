"""A client of the shape of `requests`, over the domains that the run is granted. Each call waits where it stands.

The host follows redirects and has a limit of its own for time and size; `timeout`, `verify`, `proxies` and `allow_redirects` are
taken and change nothing.
"""

import datetime as _datetime
import json as _json
from http import HTTPStatus as _HTTPStatus

import _web
from . import adapters, auth, exceptions, structures
from .exceptions import ConnectionError, ConnectTimeout, HTTPError, JSONDecodeError, NotGranted, ReadTimeout, RequestException, Timeout, TooManyRedirects, URLRequired

__version__ = "2.32.0"


class _Codes:
    def __getattr__(self, name):
        try:
            return int(_HTTPStatus[name.upper()])
        except KeyError:
            raise AttributeError(name) from None

    __getitem__ = __getattr__


codes = _Codes()


class PreparedRequest(_web.Request):
    @property
    def path_url(self):
        return "/" + self.url.split("/", 3)[3] if self.url.count("/") > 2 else "/"


class Response:
    def __init__(self):
        self.status_code = self.reason = self.url = self.request = self.encoding = None
        self.headers = structures.CaseInsensitiveDict()
        self.history, self.cookies = [], {}
        self.elapsed = _datetime.timedelta(0)
        self._content = b""

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def content(self):
        return self._content

    @property
    def apparent_encoding(self):
        try:
            self._content.decode("utf-8")
        except UnicodeDecodeError:
            return "iso-8859-1"
        return "utf-8"

    @property
    def text(self):
        return _web.decoded(self._content, self.encoding or self.apparent_encoding)

    @property
    def is_redirect(self):
        return "location" in self.headers and self.status_code in (301, 302, 303, 307, 308)

    def json(self, **kwargs):
        try:
            return _json.loads(_web.decoded(self._content, self.encoding if self.encoding != "ISO-8859-1" else None), **kwargs)
        except _json.JSONDecodeError as error:
            raise JSONDecodeError(error.msg, error.doc, error.pos, response=self) from None

    def raise_for_status(self):
        kind = {4: "Client", 5: "Server"}.get(self.status_code // 100)
        if kind:
            raise HTTPError(f"{self.status_code} {kind} Error: {self.reason} for url: {self.url}", response=self)

    def iter_content(self, chunk_size=1, decode_unicode=False):
        data = self.text if decode_unicode else self._content
        size = chunk_size or len(data) or 1
        return (data[start : start + size] for start in range(0, len(data), size))

    def iter_lines(self, chunk_size=512, decode_unicode=False, delimiter=None):
        data = self.text if decode_unicode else self._content
        return iter(data.split(delimiter) if delimiter else data.splitlines())

    def close(self):
        pass

    def __iter__(self):
        return self.iter_content(128)

    def __bool__(self):
        return self.ok

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def __repr__(self):
        return f"<Response [{self.status_code}]>"


_FAILURES = {"denied": NotGranted, "address": exceptions.InvalidURL, "late": ReadTimeout, "unreached": ConnectionError}


def _failure(refused, request):
    return _FAILURES[refused.kind](str(refused), request=request)


class Session:
    def __init__(self):
        self.headers = structures.CaseInsensitiveDict()
        self.params, self.cookies, self.proxies = {}, {}, {}
        self.auth = None
        self.verify = True
        self.hooks = {"response": []}

    def mount(self, prefix, adapter):
        pass

    def request(self, method, url, params=None, data=None, headers=None, cookies=None, files=None, auth=None, timeout=None, allow_redirects=True, proxies=None, hooks=None, stream=None, verify=None, cert=None, json=None):
        merged = structures.CaseInsensitiveDict(self.headers)
        merged.update(headers or {})
        both = [*_web.pairs(self.params or {}), *_web.pairs(params or {})]
        try:
            request = _web.build(method, url, params=both, headers=merged, data=data, json=json, files=files, auth=auth or self.auth, cookies={**self.cookies, **(cookies or {})}, kind=PreparedRequest)
        except ValueError as error:
            kind = exceptions.MissingSchema if "://" not in str(url) else exceptions.InvalidSchema if "begin" in str(error) else exceptions.InvalidURL
            raise kind(str(error)) from None
        return self.send(request)

    def send(self, request, **kwargs):
        try:
            status, reason, url, headers, content, seconds = _web.send(request)
        except _web.Refused as refused:
            raise _failure(refused, request) from None
        response = Response()
        response.status_code, response.reason, response.url, response.request = status, reason, url, request
        response.headers = structures.CaseInsensitiveDict(headers)
        response._content, response.elapsed = content, _datetime.timedelta(seconds=seconds)
        response.encoding = _web.charset(response.headers)
        if response.encoding is None and response.headers.get("content-type", "").startswith("text"):
            response.encoding = "ISO-8859-1"
        hooks = self.hooks.get("response") or []
        for hook in [hooks] if callable(hooks) else hooks:
            response = hook(response) or response
        return response

    def get(self, url, **kwargs):
        return self.request("GET", url, **kwargs)

    def options(self, url, **kwargs):
        return self.request("OPTIONS", url, **kwargs)

    def head(self, url, **kwargs):
        return self.request("HEAD", url, **kwargs)

    def post(self, url, data=None, json=None, **kwargs):
        return self.request("POST", url, data=data, json=json, **kwargs)

    def put(self, url, data=None, **kwargs):
        return self.request("PUT", url, data=data, **kwargs)

    def patch(self, url, data=None, **kwargs):
        return self.request("PATCH", url, data=data, **kwargs)

    def delete(self, url, **kwargs):
        return self.request("DELETE", url, **kwargs)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass


session = Session


def request(method, url, **kwargs):
    return Session().request(method, url, **kwargs)


def get(url, params=None, **kwargs):
    return request("GET", url, params=params, **kwargs)


def options(url, **kwargs):
    return request("OPTIONS", url, **kwargs)


def head(url, **kwargs):
    return request("HEAD", url, **kwargs)


def post(url, data=None, json=None, **kwargs):
    return request("POST", url, data=data, json=json, **kwargs)


def put(url, data=None, **kwargs):
    return request("PUT", url, data=data, **kwargs)


def patch(url, data=None, **kwargs):
    return request("PATCH", url, data=data, **kwargs)


def delete(url, **kwargs):
    return request("DELETE", url, **kwargs)
