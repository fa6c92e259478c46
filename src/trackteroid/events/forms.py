"""Forms made of the parameters of a function, and values made of what people have entered.

What comes after the selection are fields: their annotation says what kind, their default what is in them, and text in
``Annotated[int, "Width in pixels"]`` what they are called.
"""

from __future__ import annotations

import datetime
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin

from trackteroid.errors import InvalidArgumentsError
from trackteroid.spelling import moment_of
from trackteroid.values import frozen


class Multiline:
    """What ``Annotated[str, Multiline]`` says: text of several lines."""


#: What entries of these kinds are called, in messages.
_NUMBERS: Final = {int: "a whole number", float: "a number"}
_YES: Final = frozenset({"true", "1", "yes", "on"})
_NO: Final = frozenset({"false", "0", "no", "off", ""})


class FormError(ValueError):
    """Something that was entered does not fit. The message is for the one who has entered it."""


@frozen
class Field:
    """One field of a form.

    Attributes:
        name: the parameter.
        label: what it is called, for people.
        kind: what is entered: ``str``, ``int``, ``float``, ``bool`` or ``datetime.date``; None for one of `choices`.
        default: what is in it; None for nothing.
        choices: the values to choose from, by what stands for them in the form.
        is_optional: whether it may be empty, which is None then.
        is_multiple: whether several can be chosen, which makes a list.
        is_multiline: whether text has several lines.
    """

    name: str
    label: str
    kind: type | None
    default: Any = None
    choices: Mapping[str, Any] | None = None
    is_optional: bool = False
    is_multiple: bool = False
    is_multiline: bool = False

    @classmethod
    def of(cls, function: Callable[..., Any], parameter: inspect.Parameter, annotation: Any) -> Field:
        """Return the field of a parameter.

        Raises:
            InvalidArgumentsError: there is none for such a parameter.
        """
        label, is_multiline, is_optional = parameter.name.replace("_", " ").capitalize(), False, False
        if get_origin(annotation) is Annotated:
            annotation, *said = get_args(annotation)
            label = next((each for each in said if isinstance(each, str)), label)
            is_multiline = Multiline in said
        if get_origin(annotation) in (typing.Union, types.UnionType):
            several = [each for each in get_args(annotation) if each is not type(None)]
            if len(several) == 1:
                is_optional = len(several) < len(get_args(annotation))
                annotation = several[0]
        is_multiple = get_origin(annotation) is list
        inner = get_args(annotation)[0] if is_multiple else annotation
        choices: dict[str, Any] | None = None
        if get_origin(inner) is Literal:
            choices = {str(each): each for each in get_args(inner)}
        elif isinstance(inner, type) and issubclass(inner, enum.Enum):
            choices = {each.name: each for each in inner}
        elif is_multiple or inner not in (str, int, float, bool, datetime.date):
            raise InvalidArgumentsError(
                f"There is no field for {parameter.name}: {annotation!r} in {function.__name__}. Annotate with str, "
                "int, float, bool, datetime.date, Literal[...], an Enum, or a list of one of the last two; or with one "
                "of them | None."
            )
        default = None if parameter.default is inspect.Parameter.empty else parameter.default
        kind = None if choices is not None else inner
        return cls(parameter.name, label, kind, default, choices, is_optional, is_multiple, is_multiline)

    def item(self) -> dict[str, Any]:
        """Return it as an item of a form, as ftrack's interfaces show it."""
        item: dict[str, Any] = {"name": self.name, "label": self.label, "type": self._type(), "value": self._shown()}
        if self.choices is not None:
            item["data"] = [{"label": _told(value), "value": key} for key, value in self.choices.items()]
            if self.is_multiple:
                item["multi_select"] = True
        return item

    def value(self, entered: object) -> Any:
        """Return what was entered as a value of the field's kind.

        Raises:
            FormError: it is none.
        """
        if self.is_multiple:
            return self._several(entered)
        if entered is None or (isinstance(entered, str) and not entered.strip()):
            return self._empty()
        if self.choices is not None:
            return self._chosen(entered)
        if self.kind is bool:
            return self._flag(entered)
        if self.kind in _NUMBERS:
            return self._number(entered)
        if self.kind is datetime.date:
            moment = moment_of(entered, text=True)
            if moment is None:
                raise self._error(entered, "a date such as 2026-01-31")
            return moment.date()
        return str(entered)

    def _type(self) -> str:
        if self.choices is not None:
            return "enumerator"
        if self.kind is str:
            return "textarea" if self.is_multiline else "text"
        return {bool: "boolean", datetime.date: "date"}.get(cast("type", self.kind), "number")

    def _shown(self) -> Any:
        if self.is_multiple:
            return [self._key(each) for each in self.default or ()]
        if self.default is None:
            return False if self.kind is bool else ""
        if self.choices is not None:
            return self._key(self.default)
        return self.default.isoformat() if isinstance(self.default, datetime.date) else self.default

    def _key(self, value: object) -> str:
        return next((key for key, each in (self.choices or {}).items() if each == value), str(value))

    def _empty(self) -> Any:
        if self.kind is bool:
            return False
        if self.kind is str and not self.is_optional:
            if self.default is not None:
                return ""
            raise FormError(f"{self.label} is empty. Enter something.")
        if self.is_optional:
            return None
        raise FormError(f"{self.label} is empty. Enter {self._expected()}.")

    def _expected(self) -> str:
        if self.choices is not None:
            return "one of " + ", ".join(map(_told, self.choices.values()))
        return _NUMBERS.get(cast("type", self.kind), "a date such as 2026-01-31")

    def _chosen(self, entered: object) -> Any:
        key = entered.name if isinstance(entered, enum.Enum) else str(entered)
        if key not in (self.choices or {}):
            raise self._error(entered, self._expected())
        return (self.choices or {})[key]

    def _several(self, entered: object) -> list[Any]:
        given: list[object] = []
        if isinstance(entered, str):
            given = [each for each in entered.split(",") if each]
        elif isinstance(entered, (list, tuple)):
            given = list(cast("list[object]", entered))
        elif entered is not None:
            given = [entered]
        return [self._chosen(each) for each in given]

    def _flag(self, entered: object) -> bool:
        text = str(entered).strip().casefold()
        if text not in _YES | _NO:
            raise self._error(entered, "yes or no")
        return text in _YES

    def _number(self, entered: object) -> int | float:
        expected = _NUMBERS[cast("type", self.kind)]
        try:
            number = float(cast("str", entered))
        except (TypeError, ValueError):
            raise self._error(entered, expected) from None
        if isinstance(entered, bool) or number in (float("inf"), float("-inf")) or number != number:
            raise self._error(entered, expected)
        if self.kind is float:
            return number
        if not number.is_integer():
            raise self._error(entered, expected)
        return int(number)

    def _error(self, entered: object, expected: str) -> FormError:
        return FormError(f"{self.label}: {str(entered)!r} is not {expected}.")


@frozen
class Form:
    """The fields of a function that is an action."""

    fields: tuple[Field, ...]

    def items(self) -> list[dict[str, Any]]:
        """Return the fields as ftrack's interfaces show them."""
        return [field.item() for field in self.fields]

    def values(self, entered: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was entered as arguments of the function.

        Raises:
            FormError: some of it does not fit; the message tells of everything that does not.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for field in self.fields:
            try:
                # Whoever calls the action without its form may leave out what has a default.
                missing = field.name not in entered and (field.default is not None or field.is_optional)
                values[field.name] = field.default if missing else field.value(entered.get(field.name))
            except FormError as error:  # noqa: PERF203  # all are told together
                problems.append(str(error))
        if problems:
            raise FormError(" ".join(problems))
        return values


def form_of(function: Callable[..., Any], given: tuple[type, ...] = ()) -> tuple[Form, dict[str, type]]:
    """Return the form of a function, and which parameters get something else: those of one of the *given* types.

    Raises:
        InvalidArgumentsError: it takes no selection, or there is no field for a parameter.
    """
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].kind not in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        raise InvalidArgumentsError(
            f"{function.__name__} takes no selection. The first parameter of an action is the collection that was "
            f"selected: def {function.__name__}(versions, *, width: int = 1920)."
        )
    annotations = typing.get_type_hints(function, include_extras=True)
    fields: list[Field] = []
    handed: dict[str, type] = {}
    for parameter in parameters[1:]:
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise InvalidArgumentsError(f"{function.__name__} takes any arguments, of which no form can be made.")
        default: object = parameter.default  # what it says where there is no annotation; text if it says nothing
        usual = str if default is inspect.Parameter.empty or default is None else type(default)
        annotation = annotations.get(parameter.name, usual)
        if isinstance(annotation, type) and annotation in given:
            handed[parameter.name] = annotation
        else:
            fields.append(Field.of(function, parameter, annotation))
    return Form(tuple(fields)), handed


def _told(value: object) -> str:
    return str(value.value) if isinstance(value, enum.Enum) else str(value)
