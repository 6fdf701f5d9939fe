"""Adapters, which sessions take and have no use for: the host is the only way out."""


class BaseAdapter:
    pass


class HTTPAdapter(BaseAdapter):
    def __init__(self, *args, **kwargs):
        pass
