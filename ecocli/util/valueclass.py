"""Value classes: dataclasses that are never changed after they were made."""

from collections.abc import Mapping
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
        that is compiled before there is something to construct would double it.
        """
        assert frozen
        make = dataclass(eq=False, repr=False, init=False, slots=slots)

        def decorate(cls: type) -> type:
            cls.__eq__, cls.__hash__, cls.__repr__ = _equals, _hash, _repr
            made = make(cls)

            def construct_first(self: Any, *args: Any, **named: Any) -> None:
                made.__init__ = _constructor(made.__dataclass_fields__)
                made.__init__(self, *args, **named)

            made.__init__ = construct_first
            return made

        return decorate


def _constructor(fields: Mapping[str, Field[Any]]) -> Any:
    """The `__init__` that a dataclass would have, without the types of its arguments: it is compiled in half the time."""
    known: dict[str, Any] = {"ABSENT": object()}
    arguments, lines = ["self"], []
    for name, field in fields.items():
        default, value = f"{name}_default", name
        if field.default is not MISSING:
            known[default] = field.default
        elif field.default_factory is not MISSING:
            known[f"new_{name}"] = field.default_factory
            default, value = "ABSENT", f"new_{name}() if {name} is ABSENT else {name}" if field.init else f"new_{name}()"
        else:
            default = ""
        if field.init:
            arguments.append(f"{name}={default}" if default else name)
        lines.append(f"self.{name}={value}")
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
