from modules import plugins


@plugins.register("count")
def count(text):
    return len(text.split())
