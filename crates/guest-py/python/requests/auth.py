"""Who asks."""

import base64


class AuthBase:
    def __call__(self, request):
        raise NotImplementedError("Auth hooks must be callable.")


class HTTPBasicAuth(AuthBase):
    header = "Authorization"

    def __init__(self, username, password):
        self.username, self.password = username, password

    def __eq__(self, other):
        return (self.username, self.password) == (getattr(other, "username", None), getattr(other, "password", None))

    def __call__(self, request):
        secret = f"{self.username}:{self.password}".encode()
        request.headers[self.header] = "Basic " + base64.b64encode(secret).decode()
        return request


class HTTPProxyAuth(HTTPBasicAuth):
    header = "Proxy-Authorization"
