"""A client of the shape of `httpx`, over the domains that the run is granted.

The host follows redirects and has a limit of its own for time and size; timeouts, limits, proxies and `follow_redirects` are taken
and change nothing. Requests of an `AsyncClient` go on side by side where the program is a workflow that is `async def`; under
`asyncio.run` each waits where it stands.
"""

import contextlib as _contextlib
import datetime as _datetime
import json as _json
from http import HTTPStatus as codes

import _web
from _web import Headers, Request

__version__ = "0.28.0"


class HTTPError(Exception):
    def __init__(self, message, *, request=None):
        super().__init__(message)
        self.request = request


class HTTPStatusError(HTTPError):
    def __init__(self, message, *, request, response):
        super().__init__(message, request=request)
        self.response = response


class RequestError(HTTPError):
    pass


class TransportError(RequestError, OSError):
    pass


class TimeoutException(TransportError):
    pass


class ConnectTimeout(TimeoutException):
    pass


class ReadTimeout(TimeoutException):
    pass


class WriteTimeout(TimeoutException):
    pass


class PoolTimeout(TimeoutException):
    pass


class NetworkError(TransportError):
    pass


class ConnectError(NetworkError):
    pass


class ReadError(NetworkError):
    pass


class NotGranted(ConnectError):
    """The run may not reach that domain."""


class ProtocolError(TransportError):
    pass


class UnsupportedProtocol(TransportError):
    pass


class DecodingError(RequestError):
    pass


class TooManyRedirects(RequestError):
    pass


class InvalidURL(Exception):
    pass


class Timeout:
    def __init__(self, timeout=None, **kwargs):
        self.timeout = timeout


class Limits:
    def __init__(self, **kwargs):
        pass


class BasicAuth(tuple):
    def __new__(cls, username, password):
        return super().__new__(cls, (username, password))


class HTTPTransport:
    def __init__(self, *args, **kwargs):
        pass


AsyncHTTPTransport = HTTPTransport


class Response:
    def __init__(self, status_code, *, headers=None, content=None, json=None, text=None, request=None, reason=None, url=None, elapsed=None):
        if json is not None:
            content = _json.dumps(json).encode()
        elif text is not None:
            content = text.encode()
        self.status_code = status_code
        self.headers = Headers(headers)
        self.content = content or b""
        self.request = request
        self.reason_phrase = reason or (codes(status_code).phrase if status_code in codes._value2member_map_ else "")
        self.url = url or getattr(request, "url", None)
        self.elapsed = elapsed or _datetime.timedelta(0)
        self.encoding = _web.charset(self.headers) or "utf-8"
        self.history, self.cookies = [], {}

    @property
    def text(self):
        return _web.decoded(self.content, self.encoding)

    def json(self, **kwargs):
        return _json.loads(self.content, **kwargs)

    is_informational = property(lambda self: self.status_code // 100 == 1)
    is_success = property(lambda self: self.status_code // 100 == 2)
    is_redirect = property(lambda self: self.status_code // 100 == 3)
    is_client_error = property(lambda self: self.status_code // 100 == 4)
    is_server_error = property(lambda self: self.status_code // 100 == 5)
    is_error = property(lambda self: self.status_code >= 400)

    def raise_for_status(self):
        if self.is_success:
            return self
        kind = {1: "Informational response", 3: "Redirect response", 4: "Client error", 5: "Server error"}.get(self.status_code // 100, "Invalid status code")
        message = f"{kind} '{self.status_code} {self.reason_phrase}' for url '{self.url}'"
        raise HTTPStatusError(message, request=self.request, response=self)

    def read(self):
        return self.content

    def iter_bytes(self, chunk_size=None):
        size = chunk_size or len(self.content) or 1
        return (self.content[start : start + size] for start in range(0, len(self.content), size))

    iter_raw = iter_bytes

    def iter_text(self, chunk_size=None):
        size = chunk_size or len(self.text) or 1
        return (self.text[start : start + size] for start in range(0, len(self.text), size))

    def iter_lines(self):
        return iter(self.text.splitlines())

    async def aread(self):
        return self.content

    async def aiter_bytes(self, chunk_size=None):
        for part in self.iter_bytes(chunk_size):
            yield part

    aiter_raw = aiter_bytes

    async def aiter_text(self, chunk_size=None):
        for part in self.iter_text(chunk_size):
            yield part

    async def aiter_lines(self):
        for line in self.iter_lines():
            yield line

    def close(self):
        pass

    async def aclose(self):
        pass

    def __repr__(self):
        return f"<Response [{self.status_code} {self.reason_phrase}]>"


_FAILURES = {"denied": NotGranted, "address": UnsupportedProtocol, "late": ReadTimeout, "unreached": ConnectError}


def _failure(refused, request):
    return _FAILURES[refused.kind](str(refused), request=request)


class _Client:
    def __init__(self, *, auth=None, params=None, headers=None, cookies=None, base_url="", timeout=None, event_hooks=None, **kwargs):
        self.auth, self.params, self.headers = auth, params or {}, Headers(headers)
        self.base_url = str(base_url)
        self.timeout, self.cookies, self.is_closed = timeout, dict(cookies or {}), False
        self.event_hooks = event_hooks or {}

    def build_request(self, method, url, *, params=None, headers=None, content=None, data=None, json=None, files=None, cookies=None, auth=None, **kwargs):
        if self.is_closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        merged = Headers(self.headers)
        merged.update(headers or {})
        base = self.base_url.rstrip("/") + "/" if self.base_url else ""
        url = str(url).lstrip("/") if base and "://" not in str(url) else url
        both = [*_web.pairs(self.params), *_web.pairs(params or {})]
        try:
            return _web.build(method, url, base=base, params=both, headers=merged, content=content, data=data, json=json, files=files, cookies={**self.cookies, **(cookies or {})}, auth=auth or self.auth)
        except ValueError as error:
            raise UnsupportedProtocol(str(error)) from None



def _response(request, status, reason, url, headers, content, seconds):
    return Response(status, headers=headers, content=content, request=request, reason=reason, url=url, elapsed=_datetime.timedelta(seconds=seconds))


class Client(_Client):
    def send(self, request, **kwargs):
        for hook in self.event_hooks.get("request", ()):
            hook(request)
        try:
            response = _response(request, *_web.send(request))
        except _web.Refused as refused:
            raise _failure(refused, request) from None
        for hook in self.event_hooks.get("response", ()):
            hook(response)
        return response

    def request(self, method, url, **kwargs):
        return self.send(self.build_request(method, url, **kwargs))

    def get(self, url, **kwargs):
        return self.request("GET", url, **kwargs)

    def options(self, url, **kwargs):
        return self.request("OPTIONS", url, **kwargs)

    def head(self, url, **kwargs):
        return self.request("HEAD", url, **kwargs)

    def post(self, url, **kwargs):
        return self.request("POST", url, **kwargs)

    def put(self, url, **kwargs):
        return self.request("PUT", url, **kwargs)

    def patch(self, url, **kwargs):
        return self.request("PATCH", url, **kwargs)

    def delete(self, url, **kwargs):
        return self.request("DELETE", url, **kwargs)

    @_contextlib.contextmanager
    def stream(self, method, url, **kwargs):
        yield self.request(method, url, **kwargs)

    def close(self):
        self.is_closed = True

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


class AsyncClient(_Client):
    async def send(self, request, **kwargs):
        for hook in self.event_hooks.get("request", ()):
            await hook(request)
        try:
            response = _response(request, *await _web.send_later(request))
        except _web.Refused as refused:
            raise _failure(refused, request) from None
        for hook in self.event_hooks.get("response", ()):
            await hook(response)
        return response

    async def request(self, method, url, **kwargs):
        return await self.send(self.build_request(method, url, **kwargs))

    async def get(self, url, **kwargs):
        return await self.request("GET", url, **kwargs)

    async def options(self, url, **kwargs):
        return await self.request("OPTIONS", url, **kwargs)

    async def head(self, url, **kwargs):
        return await self.request("HEAD", url, **kwargs)

    async def post(self, url, **kwargs):
        return await self.request("POST", url, **kwargs)

    async def put(self, url, **kwargs):
        return await self.request("PUT", url, **kwargs)

    async def patch(self, url, **kwargs):
        return await self.request("PATCH", url, **kwargs)

    async def delete(self, url, **kwargs):
        return await self.request("DELETE", url, **kwargs)

    @_contextlib.asynccontextmanager
    async def stream(self, method, url, **kwargs):
        yield await self.request(method, url, **kwargs)

    async def aclose(self):
        self.is_closed = True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        await self.aclose()


def request(method, url, **kwargs):
    with Client() as client:
        return client.request(method, url, **kwargs)


def get(url, **kwargs):
    return request("GET", url, **kwargs)


def options(url, **kwargs):
    return request("OPTIONS", url, **kwargs)


def head(url, **kwargs):
    return request("HEAD", url, **kwargs)


def post(url, **kwargs):
    return request("POST", url, **kwargs)


def put(url, **kwargs):
    return request("PUT", url, **kwargs)


def patch(url, **kwargs):
    return request("PATCH", url, **kwargs)


def delete(url, **kwargs):
    return request("DELETE", url, **kwargs)


@_contextlib.contextmanager
def stream(method, url, **kwargs):
    yield request(method, url, **kwargs)
