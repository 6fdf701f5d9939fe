"""Messages in the program's own language: a run has no catalogues."""

__all__ = ("NullTranslations", "dgettext", "dngettext", "find", "gettext", "install", "ngettext", "npgettext", "pgettext", "translation")


class NullTranslations:
    def __init__(self, fp=None):
        pass

    def gettext(self, message):
        return message

    def ngettext(self, one, many, n):
        return one if n == 1 else many

    def pgettext(self, context, message):
        return message

    def npgettext(self, context, one, many, n):
        return one if n == 1 else many

    def install(self, names=None):
        import builtins

        builtins._ = self.gettext


_none = NullTranslations()
gettext, ngettext, pgettext, npgettext = _none.gettext, _none.ngettext, _none.pgettext, _none.npgettext


def dgettext(domain, message):
    return message


def dngettext(domain, one, many, n):
    return ngettext(one, many, n)


def find(domain, localedir=None, languages=None, all=False):
    return [] if all else None


def translation(domain, localedir=None, languages=None, class_=None, fallback=False):
    if not fallback:
        raise FileNotFoundError(2, "No translation file found for domain", domain)
    return NullTranslations()


def install(domain, localedir=None, *, names=None):
    NullTranslations().install(names)
