"""Queries as they are asked at a shell: a statement, and criteria such as ``--by-name 'sh%' --by-project sync``.

A shell completes types and criteria as the library knows them, and attributes as the server does. That is asked only
for attributes, for a moment; where none answers, there are no completions, and no messages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from trackteroid import entities
from trackteroid.cli import statements
from trackteroid.cli.command import Command, arguments_of, note_arguments
from trackteroid.cli.statements import Statement
from trackteroid.entities.base import Entity, entity_class
from trackteroid.entities.criteria import CriterionRule
from trackteroid.errors import InvalidArgumentsError, UnknownNameError, suggest
from trackteroid.query import Query
from trackteroid.schema.types import schema_of
from trackteroid.session import Session

#: Seconds that somebody who presses a key may wait for the server.
_PATIENCE = 3
PREFIXES: Final = ("--by-", "--not-by-")


@dataclass(frozen=True, slots=True)
class Given:
    """A criterion as it is given.

    Attributes:
        option: the option, such as ``"--by-name"``.
        value: its value.
    """

    option: str
    value: str

    def add_to(self, query: Any) -> None:
        """Let a query ask for it, too."""
        rule, target = self._criterion(query.entity_type)
        negated = "not_" if self.option.startswith("--not-by-") else ""
        method: Callable[..., Any] = getattr(query, f"{negated}{rule.name}")
        before = [target] if target else []
        if rule.kind == "range":
            method(*before, **dict(self._bounds(rule)))
        elif rule.kind == "mapped" or (rule.kind == "json" and not rule.key):
            key, has_value, value = self.value.partition("=")
            if not has_value:
                raise InvalidArgumentsError(f"{self.option} takes KEY=VALUE, not {self.value!r}.")
            method(*before, {key: value})
        else:
            method(*before, self.value)  # a value stays a value, whatever is in it

    def _criterion(self, entity_type: type[Entity]) -> tuple[CriterionRule, type[Entity] | None]:
        """Return what ``name``, ``project`` or ``task-status`` asks: a criterion, and whose it is."""
        words = self.option.partition("by-")[2].replace("-", "_").lower()
        if rule := entity_type.criteria.get(f"by_{words}"):
            return rule, None
        known = {name.lower(): name for name in entities.__all__ if name != "Entity"}
        parts = words.split("_")
        for place in range(len(parts), 0, -1):
            target = known.get("".join(parts[:place]))
            rule = entity_type.criteria.get(f"by_{'_'.join(parts[place:]) or 'name'}")
            if target is not None and rule is not None:
                return rule, entity_class(target)
        offered = [f"--{name.replace('_', '-')}" for name in entity_type.criteria if name.startswith("by_")]
        raise UnknownNameError(
            f"{entity_type.__name__} has no criterion {self.option}."
            f"{suggest(self.option.replace('--not-', '--'), offered)} It has "
            f"{', '.join(sorted(offered))}, and these of related types: --by-project, --by-task-status.",
            name=self.option,
        )

    def _bounds(self, rule: CriterionRule) -> Iterator[tuple[str, Any]]:
        """Yield the bounds in ``2026-01-01..2026-02-01``, of which one may be left out."""
        if ".." not in self.value:
            names = "..".join(bound.argument.upper() for bound in rule.bounds)
            raise InvalidArgumentsError(
                f"{self.option} takes {names}, of which one may be left out, not {self.value!r}."
            )
        for bound, text in zip(rule.bounds, self.value.split("..", 1), strict=True):
            value: Any = text.strip()
            if value and bound.holds == "number":
                try:
                    value = int(value) if value.isdigit() else float(value)
                except ValueError as error:
                    raise InvalidArgumentsError(f"{self.option} takes numbers, not {text!r}.") from error
            if value != "":
                yield bound.argument, value


class AskingCommand(Command):
    """A command that takes a criterion of the type as an option, whatever type it is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the criteria out of the arguments, and read the others."""
        given, rest, left = list[Given](), list[str](), iter(args)
        for argument in left:
            if argument == "--":
                rest += [argument, *left]
            elif argument.startswith(PREFIXES):
                option, has_value, value = argument.partition("=")
                found = value if has_value else next(left, None)
                if found is not None:
                    given.append(Given(option, found))
                elif not ctx.resilient_parsing:
                    raise click.UsageError(f"{option} needs a value: {option} VALUE", ctx)
            else:
                rest.append(argument)
        ctx.params["criteria"] = tuple(given)
        unread = super().parse_args(ctx, rest)
        note_arguments(ctx, args)
        return unread

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the options and the criteria that start so."""
        found = super().shell_complete(ctx, incomplete)
        return [*found, *complete_criteria(ctx, incomplete)]

    def takes_option(self, name: str) -> bool:
        """Return whether there is such an option, be it the criterion of some type."""
        return name.startswith(PREFIXES) or any(name in (*each.opts, *each.secondary_opts) for each in self.params)


def type_of(session: Session, name: str) -> type[Entity]:
    """Return the class of a type of the server.

    Raises:
        UnknownEntityTypeError: there is no such type; the message suggests similar ones.
    """
    types = schema_of(session)
    return entity_class(types.type(name).name, types)


def query_of(session: Session, statement: Statement, criteria: Sequence[Given]) -> Any:
    """Return the query that a statement and criteria are.

    Raises:
        UnknownNameError: there is no such type, attribute or criterion; the message suggests similar ones.
        InvalidArgumentsError: a criterion does not take such a value.
    """
    entity_type = type_of(session, statement.type_name)
    query: Any = Query(entity_type, session)
    for given in criteria:
        given.add_to(query)
    return query.inject(statement.where) if statement.where else query


def read_statement(text: str, *, limit: int | None = None, offset: int = 0) -> Statement:
    """Return a statement in parts, where options say more than it does itself."""
    found = statements.read(text)
    most = found.limit if limit is None else limit if found.limit is None else min(limit, found.limit)
    return replace(found, limit=most, offset=found.offset + offset)


def asked(query: Any, session: str) -> str:
    """Return a query as it is written in a program; *session* is what the session is called there."""
    world = "" if session == "SESSION" else f", {session}"
    calls = "".join(f".{criterion.called}" for criterion in query.criteria)
    return f"Query({query.entity_type.__name__}{world}){calls}"


def names_in(query: Any) -> list[str]:
    """Return the names that a program with this query imports."""
    targets = [criterion.target.__name__ for criterion in query.criteria if criterion.target]
    return list(dict.fromkeys(["Query", query.entity_type.__name__, *targets]))


def column_of(session: Session, type_name: str, text: str) -> Any:
    """Return the column that a text names: a path, or a chain that begins with a type, such as ``Task.Status.name``."""
    types = schema_of(session)
    first, *rest = text.split(".")
    if first not in types.types or types.find_attribute(type_name, first):
        return text
    chain: Any = entity_class(first, types)
    for name in rest:
        chain = getattr(chain, name)
    return chain


def written_column(column: Any) -> str:
    """Return a column as it is written in a program."""
    return repr(column) if isinstance(column, str) else str(column)


def names_of_columns(columns: Sequence[Any]) -> list[str]:
    """Return the names that a program with these columns imports."""
    return [str(column).partition(".")[0] for column in columns if not isinstance(column, str)]


def listed(text: str | None) -> list[str]:
    """Return the names in a list with commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def complete_types(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the entity types that start so."""
    return _starting(incomplete, (name for name in entities.__all__ if name != "Entity"))


def complete_attributes(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the attributes of the type of the statement that start so; of a list, the last one is completed."""
    before, comma, _ = incomplete.rpartition(",")
    names = _attributes_of(_type_in(context), context)
    return _starting(incomplete, (f"{before}{comma}{name}" for name in names))


def complete_values(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the attributes that can be given a value, with the sign behind them."""
    if "=" in incomplete:
        return []
    names = _attributes_of(_type_in(context), context)
    return _starting(incomplete, (f"{name}=" for name in names))


def complete_criteria(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the criteria of the type of the statement that start so, as options, and names of related types."""
    name = _type_in(context)
    if not incomplete.startswith("-") or name not in entities.__all__:
        return []
    criteria = [each.replace("_", "-") for each in entity_class(name).criteria if each.startswith("by_")]
    typed = incomplete.partition("by-")[2]  # by-project for by-project-name; all of them at once would hide the others
    criteria += [
        f"by-{each.lower()}"
        for each in entities.__all__
        if typed and each != "Entity" and each.lower().startswith(typed) and "by_name" in entity_class(each).criteria
    ]
    own = dict.fromkeys(sorted(criteria))
    return _starting(incomplete, (f"--{prefix}{each}" for each in own for prefix in ("", "not-")))


def _type_in(context: click.Context) -> str:
    """Return the type of the statement; where the line is not complete, of its first word that is no option."""
    others = (word for word in arguments_of(context) if not word.startswith("-"))
    words = str(context.params.get("statement") or next(others, "")).split()
    return words[0] if words else ""


def _attributes_of(type_name: str, context: click.Context) -> list[str]:
    url, user = context.params.get("server"), context.params.get("user")
    logging.disable(logging.CRITICAL)  # messages would be taken for completions
    try:
        with Session(server_url=url, api_user=user, timeout=_PATIENCE, retries=0) as session:
            types = schema_of(session)
            return sorted(types.attributes(type_name)) if type_name in types.types else []
    except Exception:  # noqa: BLE001  # whatever it is: the shell shows nothing then
        return sorted(entity_class(type_name).projections) if type_name in entities.__all__ else []
    finally:
        logging.disable(logging.NOTSET)


def _starting(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
