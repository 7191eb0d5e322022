"""Value classes: named parts that nobody changes once they are put together."""

from typing import TYPE_CHECKING, Any

__all__ = ["value_class"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value_class
else:

    def value_class(*, frozen: bool, slots: bool) -> Any:
        """
        `dataclass`, as the type checker sees it, for classes of which there are many.

        Freezing at run time as well would make each object cost eight times as much, and a bulk import makes
        dozens for each of its events; methods of its own would triple what each class costs at start-up.
        """
        from dataclasses import dataclass

        assert frozen
        make = dataclass(eq=False, repr=False, slots=slots)

        def decorate(cls: type) -> type:
            cls.__eq__, cls.__hash__, cls.__repr__ = _equals, _hash, _repr
            return make(cls)

        return decorate


def _parts(one: Any) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name, part in one.__dataclass_fields__.items() if part.compare)


def _equals(one: Any, other: object) -> bool:
    return _parts(one) == _parts(other) if other.__class__ is one.__class__ else NotImplemented


def _hash(one: Any) -> int:
    fields = one.__dataclass_fields__.items()
    return hash(tuple(getattr(one, name) for name, part in fields if (part.compare if part.hash is None else part.hash)))


def _repr(one: Any) -> str:
    shown = (f"{name}={getattr(one, name)!r}" for name, part in one.__dataclass_fields__.items() if part.repr)
    return f"{one.__class__.__qualname__}({', '.join(shown)})"
