"""The library's colors, for a Python that has no terminal: nothing is colored. The library's own module makes dataclasses of themes
when it is imported, which takes a tenth of the interpreter's start."""

COLORIZE = False


class _Plain:
    """A section of a theme: each of its colors is no text."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return ""

    def __getitem__(self, name):
        return ""

    def __call__(self):
        return self


class _Theme:
    argparse = syntax = traceback = unittest = _Plain()


ANSIColors = NoColors = _Plain()
default_theme = theme_no_color = _Theme()


def get_colors(colorize=False, *, file=None):
    return NoColors


def decolor(text):
    return text


def can_colorize(*, file=None):
    return False


def get_theme(*, tty_file=None, force_color=False, force_no_color=False):
    return theme_no_color


def set_theme(theme):
    pass
