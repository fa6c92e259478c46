"""From text to tree: what each part of a query becomes."""

from __future__ import annotations

import pytest
from language_helpers import KEYWORDS, criteria_of, is_, path, quoted, word

from trackteroid.server.language import (
    And,
    Comparison,
    Literal,
    Membership,
    Not,
    Operator,
    Or,
    Order,
    Projection,
    Quantifier,
    Query,
    Step,
    parse,
)

A, B, C = (is_(name, word("1")) for name in "abc")


def projections(*names: str) -> tuple[Projection, ...]:
    return tuple(Projection(path(name)) for name in names)


# -- the query as a whole ----------------------------------------------------------------------------------------------

SHAPES = {
    "Location": Query("Location"),
    "  \n Location \t": Query("Location"),
    "Task where a is 1": Query("Task", criteria=A),
    "select id from Location": Query("Location", projections("id")),
    "select a,b.c , d from T": Query("T", projections("a", "b.c", "d")),
    "select\n    a,\n    b\nfrom\n    T\nwhere\n    a is 1\n": Query("T", projections("a", "b"), A),
    "T where a=1  order by b  offset 0 limit 500": Query(
        "T", criteria=A, order=(Order(path("b")),), offset=0, limit=500
    ),
    "T limit 10 offset 20": Query("T", limit=10, offset=20),
    "T offset 20 limit 10": Query("T", limit=10, offset=20),
    "T limit 0": Query("T", limit=0),
    "T limit 1 order by id": Query("T", order=(Order(path("id")),), limit=1),
    "select count(id) from Task group by project_id, status_id": Query(
        "Task", (Projection(path("id"), "count"),), group=(path("project_id"), path("status_id"))
    ),
    "select name, Count ( id ) from T group  by status_id order by name offset 5 limit 10": Query(
        "T",
        (Projection(path("name")), Projection(path("id"), "count")),
        group=(path("status_id"),),
        order=(Order(path("name")),),
        offset=5,
        limit=10,
    ),
    "SELECT id FROM T WHERE a IS 1 ORDER BY b DESC LIMIT 1 OFFSET 2": Query(
        "T", projections("id"), A, order=(Order(path("b"), descending=True),), limit=1, offset=2
    ),
    "Selection": Query("Selection"),
    "3DAsset": Query("3DAsset"),
}


@pytest.mark.parametrize("text", SHAPES)
def test_a_query_becomes_its_tree(text: str) -> None:
    assert parse(text) == SHAPES[text]


@pytest.mark.parametrize("function", ["count", "sum", "avg", "min", "max"])
def test_an_aggregate_is_a_function_of_a_path(function: str) -> None:
    query = parse(f"select {function}(a.b) from T")
    assert query.projections == (Projection(path("a.b"), function),)


@pytest.mark.parametrize("function", ["count", "sum", "avg", "min", "max"])
def test_the_name_of_an_aggregate_alone_is_an_attribute(function: str) -> None:
    assert parse(f"select {function}, a from T").projections == projections(function, "a")


def test_order_keys_each_have_their_own_direction() -> None:
    query = parse("T order by a, b.c desc,d asc , e descending, f ascending,asc, desc desc")
    assert [(str(key.path), key.descending) for key in query.order] == [
        ("a", False),
        ("b.c", True),
        ("d", False),
        ("e", True),
        ("f", False),
        ("asc", False),
        ("desc", True),
    ]


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *sorted({*KEYWORDS} - {"not"}),
        "to",
        "type",
        "key",
        "value",
        "default",
        "start",
        "end",
        "action",
        "insert",
        "user",
        "version",
    ],
)
def test_an_attribute_may_be_called_like_a_keyword(name: str) -> None:
    query = parse(f"select {name}, {name}.{name} from T where {name} is 1 and {name}.id is 1 order by {name} limit 1")
    assert query.projections == projections(name, f"{name}.{name}")
    assert query.criteria == And((is_(name, word("1")), is_(f"{name}.id", word("1"))))
    assert query.order == (Order(path(name)),)


def test_from_ends_the_projections_only_behind_a_complete_one() -> None:
    expected = Query("TypedContextLink", projections("from", "to"), is_("from.id", quoted("x")))
    assert parse('select from, to from TypedContextLink where from.id is "x"') == expected
    assert parse("select from from from").entity_type == "from"


@pytest.mark.parametrize(
    "name", ["from_id", "is_active", "not_before", "in_reply_to", "order_by", "selected", "anything"]
)
def test_a_name_may_begin_with_a_keyword(name: str) -> None:
    assert criteria_of(f"{name} is 1") == is_(name, word("1"))
    assert parse(f"select {name} from T order by {name}").projections == projections(name)


def test_a_step_may_be_cast_anywhere_in_a_path() -> None:
    text = "asset.parent[Shot].parent[ Sequence ].name"
    (projection,) = parse(f"select {text} from AssetVersion").projections
    assert projection.path.steps == (Step("asset"), Step("parent", "Shot"), Step("parent", "Sequence"), Step("name"))
    assert criteria_of("resource[User] is_not none") == Comparison(
        path("resource[User]"), Operator.IS_NOT, word("none")
    )
    assert criteria_of("parent[Shot] has ()") == Quantifier(path("parent[Shot]"), None)


def test_names_keep_their_case() -> None:
    query = parse("select Name from TASK where ID is X")
    assert (query.entity_type, query.projections) == ("TASK", projections("Name"))
    assert query.criteria == is_("ID", word("X"))


# -- comparisons -------------------------------------------------------------------------------------------------------

OPERATORS = {
    "is": Operator.IS,
    "=": Operator.IS,
    "is_not": Operator.IS_NOT,
    "!=": Operator.IS_NOT,
    "like": Operator.LIKE,
    "not_like": Operator.NOT_LIKE,
    ">": Operator.GREATER,
    "after": Operator.GREATER,
    "greater_than": Operator.GREATER,
    "<": Operator.LESS,
    "before": Operator.LESS,
    "less_than": Operator.LESS,
    ">=": Operator.GREATER_EQUAL,
    "<=": Operator.LESS_EQUAL,
}


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("value", [word("x-1"), quoted("x 1"), word("is"), word("none")])
def test_every_spelling_of_an_operator_is_known(operator: str, value: Literal) -> None:
    written = f'"{value.text}"' if value.quoted else value.text
    expected = Comparison(path("a.b"), OPERATORS[operator], value)
    assert criteria_of(f"a.b {operator} {written}") == expected
    assert criteria_of(f"a.b   {operator.upper()}\n{written}") == expected


@pytest.mark.parametrize("operator", [operator for operator in OPERATORS if not operator[0].isalpha()])
def test_signs_need_no_blanks(operator: str) -> None:
    assert criteria_of(f"a{operator}1") == Comparison(path("a"), OPERATORS[operator], word("1"))
    assert criteria_of(f'a{operator}"1"') == Comparison(path("a"), OPERATORS[operator], quoted("1"))


@pytest.mark.parametrize("operator", [operator for operator in OPERATORS if operator[0].isalpha()])
def test_a_quote_may_follow_an_operator_word(operator: str) -> None:
    assert criteria_of(f"a {operator}'1'") == Comparison(path("a"), OPERATORS[operator], quoted("1"))


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "5671dcb0-66de-11e1-8e6e-f23c91df25eb",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "12e5",
        "00000000000000000000000000000000",
        "2017-12-11",
        "2020-01-01T10:00:00+00:00",
        "-1",
        "1.5e-3",
        "None",
        "True",
        "false",
        "null",
        "jenkins",
        "someone@example.com",
        "test-1f2e",
        "{x}",
        "$HOME/a\\b",
        "ftrack.server",
        "[a]",
        "a=b",
        "größe",
        "and",
        "where",
        "select",
        "%a_b%",
    ],
)
def test_an_unquoted_value_is_any_run_of_characters(text: str) -> None:
    value = word(text)
    assert criteria_of(f"a is {text}") == is_("a", value)
    assert criteria_of(f"a={text}") == is_("a", value)
    assert criteria_of(f"(a is {text})") == is_("a", value)
    assert criteria_of(f"a in ({text},{text})") == Membership(path("a"), (value, value))
    assert parse(f"T where a is {text} limit 1").limit == 1


VALUES = {
    '""': "",
    "''": "",
    '"a b"': "a b",
    '"it\'s"': "it's",
    "'say \"hi\"'": 'say "hi"',
    r'"say \"hi\""': 'say "hi"',
    r"'it\'s'": "it's",
    r'"it\'s"': "it's",
    r'"a\\b"': r"a\b",
    r'"a\\"': "a\\",
    r'"C:\new\table"': r"C:\new\table",
    r'"\%abc\%%"': r"\%abc\%%",
    r'"a\_b"': r"a\_b",
    r'"\\%"': r"\%",
    r'"\\\""': '\\"',
    r'"%\"value\"%"': '%"value"%',
    '"a\n  b"': "a\n  b",
    '"limit 5 offset 3"': "limit 5 offset 3",
    "\"a','b\"": "a','b",
    '"(x) and (y"': "(x) and (y",
    '"none"': "none",
}


@pytest.mark.parametrize("written", VALUES)
def test_a_quoted_value_loses_its_quotes_and_their_escapes(written: str) -> None:
    value = quoted(VALUES[written])
    assert criteria_of(f"a is {written}") == is_("a", value)
    assert criteria_of(f"a in ({written} ,x,{written})") == Membership(path("a"), (value, word("x"), value))


@pytest.mark.parametrize(
    ("literal", "is_null"),
    [(word("none"), True), (word("None"), True), (word("NULL"), True), (quoted("none"), False), (word("nones"), False)],
)
def test_only_the_unquoted_word_means_no_value(literal: Literal, is_null: bool) -> None:
    assert literal.is_null is is_null


# -- lists and subqueries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", ["in", "not_in", "IN", "Not_In"])
def test_lists_hold_values_of_any_kind(operator: str) -> None:
    negated = operator.lower() == "not_in"
    mixed = (quoted("a"), word("b"), quoted("c d"), word("1"))
    assert criteria_of(f"id {operator} (\"a\",b , 'c d',\n1 )") == Membership(path("id"), mixed, negated)
    assert criteria_of(f"id {operator}(x)") == Membership(path("id"), (word("x"),), negated)
    assert criteria_of(f"id {operator} ()") == Membership(path("id"), (), negated)
    assert criteria_of(f"id {operator} ( )") == Membership(path("id"), (), negated)


SUBQUERIES = {
    "select id from X where a is 1": Query("X", projections("id"), A),
    "SELECT id, b from X": Query("X", projections("id", "b")),
    "select a from X order by b limit 3": Query("X", projections("a"), order=(Order(path("b")),), limit=3),
    "X where a is 1": Query("X", criteria=A),
    "X\n  where a is 1 limit 2 offset 1": Query("X", criteria=A, limit=2, offset=1),
    "select where from X where a is 1": Query("X", projections("where"), A),
}


@pytest.mark.parametrize("text", SUBQUERIES)
def test_a_list_may_be_the_result_of_another_query(text: str) -> None:
    expected = Membership(path("id"), SUBQUERIES[text])
    assert criteria_of(f"id in ({text})") == expected
    assert criteria_of(f"id in ( {text} ) and b is 1") == And((expected, B))
    assert criteria_of(f"id not_in({text})") == Membership(path("id"), SUBQUERIES[text], negated=True)


def test_subqueries_nest() -> None:
    inner = Membership(path("b"), Query("Y", projections("c"), A))
    outer = Membership(path("a"), Query("X", criteria=inner))
    assert criteria_of("a in (X where b in (select c from Y where a is 1))") == outer


@pytest.mark.parametrize("name", ["select", "where", "X", "selected"])
def test_a_value_may_look_like_the_begin_of_a_subquery(name: str) -> None:
    assert criteria_of(f"a in ({name})") == Membership(path("a"), (word(name),))
    assert criteria_of(f"a in ({name}, b)") == Membership(path("a"), (word(name), word("b")))


# -- relations and logic -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relation", ["any", "has", "ANY"])
def test_relations_hold_criteria_or_nothing(relation: str) -> None:
    assert criteria_of(f"x.y {relation} (a=1 or b=1)") == Quantifier(path("x.y"), Or((A, B)))
    assert criteria_of(f"x {relation}(a is 1)") == Quantifier(path("x"), A)
    assert criteria_of(f"x {relation} ()") == Quantifier(path("x"), None)
    assert criteria_of(f"not x {relation} ( )") == Not(Quantifier(path("x"), None))


LOGIC = {
    "a is 1 and b is 1 and c is 1": And((A, B, C)),
    "a is 1 or b is 1 or c is 1": Or((A, B, C)),
    "a is 1 or b is 1 and c is 1": Or((A, And((B, C)))),
    "a is 1 and b is 1 or c is 1": Or((And((A, B)), C)),
    "(a is 1 or b is 1) and c is 1": And((Or((A, B)), C)),
    "a is 1 and (b is 1 or c is 1)": And((A, Or((B, C)))),
    "not a is 1 and b is 1": And((Not(A), B)),
    "not a is 1 or b is 1": Or((Not(A), B)),
    "not (a is 1 or b is 1)": Not(Or((A, B))),
    "not(a is 1)": Not(A),
    "not not a is 1": Not(Not(A)),
    "not (not (a is 1))": Not(Not(A)),
    "a is 1 AND NOT b is 1 Or c is 1": Or((And((A, Not(B))), C)),
    "(((a is 1)))": A,
    "((a is 1) and (b is 1))": And((A, B)),
    "(a is 1 and b is 1) and c is 1": And((And((A, B)), C)),
    "(a is 1)and(b is 1)or(c is 1)": Or((And((A, B)), C)),
    "a=1 and\n  b>=2": And((A, Comparison(path("b"), Operator.GREATER_EQUAL, word("2")))),
    'a is "x"and b is "y"or c is \'z\'and a is 1': Or(
        (And((is_("a", quoted("x")), is_("b", quoted("y")))), And((is_("c", quoted("z")), A)))
    ),
    "not a in (x)": Not(Membership(path("a"), (word("x"),))),
    "a is and and b is or or c is not": Or((And((is_("a", word("and")), is_("b", word("or")))), is_("c", word("not")))),
}


@pytest.mark.parametrize("text", LOGIC)
def test_not_binds_before_and_before_or(text: str) -> None:
    assert criteria_of(text) == LOGIC[text]
