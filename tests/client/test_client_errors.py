"""The error family: what each class also is, and that its text is what was said."""

import inspect
import pickle

import ftrack_api.exception
import pytest
import requests

from trackteroid import errors

FAMILY = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if issubclass(member, errors.TrackteroidError) and member.__module__ == errors.__name__
]


@pytest.mark.parametrize("member", FAMILY)
def test_the_text_is_what_was_said_and_survives_pickling(member: type[errors.TrackteroidError]) -> None:
    text = "a {brace}, a 'quote' and a %s"
    error = member(text)
    assert str(error) == text
    assert str(pickle.loads(pickle.dumps(error))) == text
    assert str(member()) == ""


def drawn() -> dict[str, tuple[str, str]]:
    """Return the parent and the other bases of every class in the tree of the docstring."""
    tree: dict[str, tuple[str, str]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        name = line.strip(" │├└─").partition(" ")[0]
        if not name.endswith("Error"):
            continue
        depth = (len(line) - len(line.lstrip(" │├└─"))) // 4 - 1
        others = line.partition("[")[2].partition("]")[0]
        path[depth:] = [name]
        tree[name] = (path[depth - 1] if depth else "", others)
    return tree


def test_the_docstring_draws_every_class_below_its_parent() -> None:
    assert {name: parent for name, (parent, _) in drawn().items()} == {
        member.__name__: "" if member is errors.TrackteroidError else member.__bases__[0].__name__ for member in FAMILY
    }


@pytest.mark.promise("errors-are-what-existing-code-catches")
@pytest.mark.parametrize(
    ("member", "base"),
    [
        (errors.MissingCredentialsError, TypeError),
        (errors.UnreachableServerError, requests.exceptions.ConnectionError),
        (errors.RejectedCredentialsError, ftrack_api.exception.ServerError),
        (errors.UnexpectedAnswerError, ftrack_api.exception.ServerError),
        (errors.MissingServerExtraError, ImportError),
        (errors.UnknownEntityTypeError, LookupError),
        (errors.UnknownAttributeError, AttributeError),
        (errors.RelationError, AttributeError),
        (errors.EntityCollectionOperationError, ValueError),
        (errors.CreationError, AssertionError),
        (errors.AssignmentError, TypeError),
        (errors.OperationsFileError, OSError),
    ],
)
def test_existing_code_catches_it(member: type[Exception], base: type[Exception]) -> None:
    with pytest.raises(base):
        raise member("x")


@pytest.mark.promise("errors-are-what-existing-code-catches")
@pytest.mark.parametrize("member", FAMILY)
def test_every_class_is_also_what_the_docstring_has_in_brackets(member: type[errors.TrackteroidError]) -> None:
    promised = {base.split()[-1] for base in drawn()[member.__name__][1].split(", ") if base}
    assert promised <= {base.__name__ for base in member.__mro__[1:]}


def test_an_unknown_name_carries_itself_and_its_neighbours() -> None:
    error = errors.UnknownAttributeError("no", name="stat", near=["status"])
    assert (error.name, error.near) == ("stat", ("status",))


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("Shott", ["Shot", "Sequence"], ' Did you mean "Shot"?'),
        ("shot", ["Shot", "Sequence"], ' Did you mean "Shot"?'),
        ("statis", ["status", "state", "stats", "x"], ' Did you mean "stats" or "status" or "state"?'),
        ("it's", ["its"], ' Did you mean "its"?'),
        ("zebra", ["Shot"], ""),
        ("", [], ""),
    ],
)
def test_misspelt_names_get_suggestions(name: str, known: list[str], expected: str) -> None:
    assert errors.suggest(name, known) == expected
