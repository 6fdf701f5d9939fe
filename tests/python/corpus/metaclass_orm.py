"""A tiny object mapper: descriptors, metaclasses, __set_name__, query building, properties."""


class Field:
    def __init__(self, kind, default=None, required=False):
        self.kind, self.default, self.required = kind, default, required

    def __set_name__(self, owner, name):
        self.name = name
        self.slot = f"_{name}"

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.slot, self.default)

    def __set__(self, instance, value):
        if value is not None and not isinstance(value, self.kind):
            raise TypeError(f"{type(instance).__name__}.{self.name} is {self.kind.__name__}, not {type(value).__name__}")
        setattr(instance, self.slot, value)

    def __delete__(self, instance):
        delattr(instance, self.slot)

    def _compare(self, op):
        return lambda other: Condition(f"{self.name} {op} ?", [other])

    def __eq__(self, other):
        return self._compare("=")(other)

    def __gt__(self, other):
        return self._compare(">")(other)

    __hash__ = object.__hash__


class Condition:
    def __init__(self, text, values):
        self.text, self.values = text, values

    def __and__(self, other):
        return Condition(f"({self.text} AND {other.text})", self.values + other.values)

    def __or__(self, other):
        return Condition(f"({self.text} OR {other.text})", self.values + other.values)

    def __invert__(self):
        return Condition(f"NOT {self.text}", self.values)

    def __bool__(self):
        raise TypeError("use & and |")


class Meta(type):
    registry = {}

    def __new__(mcs, name, bases, namespace, table=None, **kwargs):
        cls = super().__new__(mcs, name, bases, namespace, **kwargs)
        cls.fields = {}
        for base in reversed(cls.__mro__):
            cls.fields |= {key: value for key, value in vars(base).items() if isinstance(value, Field)}
        if bases:
            cls.table = table or name.lower() + "s"
            mcs.registry[cls.table] = cls
        return cls

    @classmethod
    def __prepare__(mcs, name, bases, **kwargs):
        return {"created": f"by {mcs.__name__}"}

    def __len__(cls):
        return len(cls.fields)

    def __contains__(cls, name):
        return name in cls.fields

    def __getitem__(cls, key):
        return cls.select(cls.id == key)


class Model(metaclass=Meta):
    id = Field(int)

    def __init__(self, **values):
        for name, field in self.fields.items():
            if field.required and name not in values:
                raise ValueError(f"{name} is required")
        for name, value in values.items():
            if name not in self.fields:
                raise AttributeError(f"no field {name}")
            setattr(self, name, value)

    @classmethod
    def select(cls, where=None):
        text = f"SELECT {', '.join(cls.fields)} FROM {cls.table}"
        return (f"{text} WHERE {where.text}", where.values) if where is not None else (text, [])

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.fields)})"


class User(Model):
    name = Field(str, required=True)
    age = Field(int, default=0)

    @property
    def adult(self):
        """Whether they are."""
        return self.age >= 18

    @adult.setter
    def adult(self, value):
        self.age = 18 if value else 0


class Admin(User, table="staff"):
    level = Field(int, 1)


ann = User(id=1, name="Ann", age=30)
print(ann, ann.adult, User.adult.__doc__, vars(ann))
ann.adult = False
del ann.name
print(ann, Admin(name="Root", level=3))
print(User.select((User.age > 17) & ~(User.name == "Bob") | (User.id == 1)))
print(Admin.select(), User[5], len(Admin), "level" in Admin, "level" in User, sorted(Meta.registry), User.created)
for act in (lambda: User(age=1), lambda: User(name=5), lambda: User(name="x", size=1), lambda: bool(User.age > 1), lambda: Model.nothing):
    try:
        act()
    except (TypeError, ValueError, AttributeError) as error:
        print(type(error).__name__, "-", error)
print(type(User).__name__, User.__mro__[1].__name__, isinstance(User, Meta), Admin.level.name, type("Made", (Model,), {"x": Field(int)})(x=2))
