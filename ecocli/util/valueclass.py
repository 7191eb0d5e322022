"""Value classes: dataclasses that are never changed after they were made."""

from typing import TYPE_CHECKING, Any

__all__ = ["value_class"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value_class
else:

    def value_class(*, frozen: bool, slots: bool) -> Any:
        """
        Decorate a class as a dataclass: frozen for the type checker, not at run time.

        Freezing at run time would make each object cost eight times as much, and a bulk import makes dozens for
        each event; comparison methods generated for each class would triple its cost at start-up.
        """
        from dataclasses import dataclass

        assert frozen
        make = dataclass(eq=False, repr=False, slots=slots)

        def decorate(cls: type) -> type:
            cls.__eq__, cls.__hash__, cls.__repr__ = _equals, _hash, _repr
            return make(cls)

        return decorate


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
