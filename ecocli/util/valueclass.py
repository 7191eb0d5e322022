"""Value classes: dataclasses that are never changed after they were made."""

from collections.abc import Iterable
from dataclasses import MISSING, Field, dataclass
from typing import TYPE_CHECKING, Any

__all__ = ["value_class"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value_class
else:

    def value_class(*, frozen: bool, slots: bool) -> Any:
        """
        Decorate a class as a dataclass: frozen for the type checker, not at run time.

        Freezing at run time would make each object cost eight times as much, and a bulk import makes dozens for
        each event; comparison methods generated for each class would triple its cost at start-up, and a constructor
        that knows the types of its arguments would double it.
        """
        assert frozen
        make = dataclass(eq=False, repr=False, init=False, slots=slots)

        def decorate(cls: type) -> type:
            assert not hasattr(cls, "__post_init__"), "the constructor of a value class sets its fields, and does no more"
            cls.__eq__, cls.__hash__, cls.__repr__ = _equals, _hash, _repr
            made = make(cls)
            made.__init__ = _constructor(made.__dataclass_fields__.values())
            made.__init__.__qualname__ = f"{cls.__qualname__}.__init__"
            return made

        return decorate


def _constructor(fields: Iterable[Field[Any]]) -> Any:
    """The `__init__` of a dataclass with these `fields`."""
    known: dict[str, Any] = {"ABSENT": object()}
    arguments, lines = ["self"], []
    for field in fields:
        name, value = field.name, field.name
        argument = name
        if field.default is not MISSING:
            known[f"DEFAULT_{name}"] = field.default
            argument, value = f"{name}=DEFAULT_{name}", name if field.init else f"DEFAULT_{name}"
        elif field.default_factory is not MISSING:
            argument = f"{name}=ABSENT"
            known[f"NEW_{name}"] = field.default_factory
            value = f"NEW_{name}() if {name} is ABSENT else {name}" if field.init else f"NEW_{name}()"
        if field.init:
            arguments.append(argument)
        lines.append(f"self.{name}={value}")
    # not when the first one is made: deep in a recursion nothing compiles
    exec(f"def __init__({','.join(arguments)}):{';'.join(lines)}", known)  # noqa: S102 - the names of a class of ours
    return known["__init__"]


def _values(one: Any) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name, each in one.__dataclass_fields__.items() if each.compare)


def _equals(one: Any, other: object) -> bool:
    return _values(one) == _values(other) if other.__class__ is one.__class__ else NotImplemented


def _hash(one: Any) -> int:
    fields = one.__dataclass_fields__.items()
    return hash(tuple(getattr(one, name) for name, each in fields if (each.compare if each.hash is None else each.hash)))


def _repr(one: Any) -> str:
    shown = (f"{name}={getattr(one, name)!r}" for name, each in one.__dataclass_fields__.items() if each.repr)
    return f"{one.__class__.__qualname__}({', '.join(shown)})"
