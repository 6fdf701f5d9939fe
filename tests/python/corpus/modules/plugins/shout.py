from . import register


@register("shout")
def shout(text):
    return text.upper() + "!"
