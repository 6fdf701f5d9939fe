"""A template engine with loops, conditions, filters and inheritance of blocks; compiles to closures."""

import html
import re


class TemplateError(SyntaxError):
    pass


FILTERS = {"upper": str.upper, "e": html.escape, "join": lambda value, by=", ": by.join(map(str, value)), "default": lambda value, other="": value or other, "len": len, "money": lambda v: f"{v:,.2f}"}
SPLIT = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.S)


def lookup(expression, scope):
    name, *filters = (part.strip() for part in expression.split("|"))
    if re.fullmatch(r"-?\d+", name):
        value = int(name)
    elif name[:1] in "'\"":
        value = name[1:-1]
    else:
        value = scope
        for part in name.split("."):
            try:
                value = value[part]
            except (TypeError, KeyError, IndexError):
                value = value[int(part)] if part.isdigit() and isinstance(value, (list, tuple)) else getattr(value, part, "")
            if callable(value) and not isinstance(value, type):
                value = value()
    for text in filters:
        filter_name, _, argument = text.partition(":")
        value = FILTERS[filter_name](value, *([argument.strip("'\"")] if argument else []))
    return value


class Template:
    def __init__(self, source, blocks=None):
        self.blocks = dict(blocks or {})
        tokens = SPLIT.split(source)
        self.tokens = iter([token for token in tokens if token and not token.startswith("{#")])
        self.body, end = self.parse(())
        assert end is None

    def parse(self, ends):
        parts = []
        for token in self.tokens:
            if token.startswith("{{"):
                expression = token[2:-2].strip()
                parts.append(lambda scope, expression=expression: str(lookup(expression, scope)))
            elif token.startswith("{%"):
                word, *rest = token[2:-2].split()
                if word in ends:
                    return parts, word
                maker = getattr(self, f"do_{word}", None)
                if maker is None:
                    raise TemplateError(f"unknown tag {word}")
                parts.append(maker(*rest))
            else:
                parts.append(lambda scope, token=token: token)
        if ends:
            raise TemplateError(f"missing {ends[-1]}")
        return parts, None

    def do_for(self, name, _in, expression):
        body, end = self.parse(("empty", "endfor"))
        otherwise = self.parse(("endfor",))[0] if end == "empty" else []

        def run(scope):
            items = list(lookup(expression, scope))
            text = [self.join(body, scope | {name: item, "loop": {"index": n, "last": n == len(items)}}) for n, item in enumerate(items, 1)]
            return "".join(text) if items else self.join(otherwise, scope)

        return run

    def do_if(self, *words):
        body, end = self.parse(("else", "endif"))
        otherwise = self.parse(("endif",))[0] if end == "else" else []
        negate, expression = words[0] == "not", words[-1]
        return lambda scope: self.join(body if bool(lookup(expression, scope)) != negate else otherwise, scope)

    def do_block(self, name):
        body, _ = self.parse(("endblock",))
        over = self.blocks.get(name)
        return (lambda scope: over.render(**scope)) if over else (lambda scope: self.join(body, scope))

    @staticmethod
    def join(parts, scope):
        return "".join(part(scope) for part in parts)

    def render(self, **scope):
        return self.join(self.body, scope)


class Item:
    def __init__(self, name, price):
        self.name, self.price = name, price

    def label(self):
        return f"[{self.name}]"


PAGE = """<h1>{{ title|e }}</h1>{# hidden #}
{% for item in items %}{{ loop.index }}. {{ item.label }} {{ item.price|money }}{% if not loop.last %};{% else %}.{% endif %}
{% empty %}nothing
{% endfor %}{% block foot %}by {{ user.name|default:nobody|upper }}{% endblock %}"""
page = Template(PAGE)
print(page.render(title="A < B", items=[Item("bolt", 1200.5), Item("nut", 3)], user={"name": "ann"}))
print(page.render(title="None", items=[], user={}))
print(Template(PAGE, {"foot": Template("{{ tags|join:'/' }} {{ tags|len }} {{ tags.1 }} {{ 'lit'|upper }} {{ 42 }}")}).render(title="", items=(), tags=["x", "y"]).splitlines()[-1])
for wrong in ("{% for x in y %}", "{% loop %}", "{{ x|nope }}"):
    try:
        print(Template(wrong).render(x=1))
    except (TemplateError, KeyError) as error:
        print(type(error).__name__, error.args[0])
