"""Tables by themselves: what is written can be read again, and nothing in a cell is obeyed by who reads it."""

from __future__ import annotations

import builtins
import csv
import html
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import arrow
import pyarrow
import pytest
from ftrack_api.symbol import NOT_SET
from hypothesis import given
from hypothesis import strategies as st

from trackteroid.display.trees import Node, Tree
from trackteroid.errors import InvalidArgumentsError, MissingExtraError, UnknownAttributeError
from trackteroid.export import read_csv, replacing
from trackteroid.spelling import visible
from trackteroid.tables import Column, Kind, Row
from trackteroid.tabular import DataTable

UTC = timezone.utc
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "moment": st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
}


def table(rows: Sequence[Row], *columns: Column) -> DataTable:
    return DataTable.of("Shot", columns, rows)


@st.composite
def tables(draw: st.DrawFn) -> DataTable:
    """Tables with cells of each kind, lists, and cells that have no value or were not loaded."""
    kinds = draw(st.lists(st.tuples(st.sampled_from(list(VALUES)), st.booleans()), min_size=1, max_size=5))
    columns = [Column(f"column {number}", kind, is_many) for number, (kind, is_many) in enumerate(kinds)]
    cells = [st.lists(VALUES[kind], max_size=3) if is_many else VALUES[kind] for kind, is_many in kinds]
    rows = draw(st.lists(st.tuples(*(st.none() | st.just(NOT_SET) | cell for cell in cells)), max_size=5))
    return table(rows, *columns)


def as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.promise("tables-keep-their-values")
@given(tables())
@pytest.mark.slow
def test_json_says_everything(made: DataTable) -> None:
    expected = [{name: as_json(value) for name, value in row.items()} for row in made.to_dicts()]
    assert json.loads(made.to_json()) == expected
    assert [json.loads(line) for line in made.to_json(lines=True).splitlines()] == expected


@pytest.mark.promise("tables-keep-their-values")
@given(tables())
def test_arrow_has_all_values(made: DataTable) -> None:
    expected = [dict.fromkeys(made.names) | row for row in made.to_dicts()]
    assert made.to_arrow().to_pylist() == expected


@pytest.mark.promise("tables-keep-their-values")
@given(tables(), st.booleans())
def test_csv_is_read_again(made: DataTable, spreadsheet: bool) -> None:
    def text(value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        return value.isoformat() if isinstance(value, datetime) else json.dumps(as_json(value), ensure_ascii=False)

    expected = [{name: text(value) for name, value in row.items() if value != "#N/A"} for row in made.to_dicts()]
    assert list(read_csv(made.to_csv(spreadsheet=spreadsheet), spreadsheet=spreadsheet)) == expected


def test_a_row_of_json_stays_one_line_for_whoever_reads_it() -> None:
    text = "one\x85two\u2028three\u2029four\nfive"
    (line,) = table([(text,)], Column("name")).to_json(lines=True).splitlines()
    assert json.loads(line) == {"name": text}


@pytest.mark.promise("not-loaded-is-not-null")
def test_csv_tells_apart_no_value_empty_text_and_what_was_not_loaded() -> None:
    written = table([("a", None), ("b", ""), ("c", NOT_SET)], Column("name"), Column("comment")).to_csv()
    assert written.splitlines() == ["name,comment", "a,", 'b,""', "c,#N/A"]
    assert table([(None,)], Column("name")).to_csv().splitlines() == ["name", '""'], "an empty line would be no row"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_spreadsheets_run_no_cell(text: str) -> None:
    made = table([(text, -1.0)], Column("name"), Column("bid", "number"))
    (row,) = list(csv.reader(io.StringIO(made.to_csv(spreadsheet=True).removeprefix("\ufeff"), newline="")))[1:]
    assert row == [f"'{text}", "-1.0"], "numbers are no formulas"
    (row,) = list(csv.reader(io.StringIO(made.to_csv(), newline="")))[1:]
    assert row[0] == text


@pytest.mark.parametrize(
    "moment",
    [
        arrow.get("2026-01-31T12:00:00+02:00"),
        datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))),
        "2026-01-31T10:00:00",
        "2026-01-31T12:00:00+02:00",
    ],
)
def test_moments_are_in_utc_in_each_form(moment: Any) -> None:
    made = table([(moment,), (None,)], Column("at", "moment"))
    expected = datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert made.to_dicts()[0] == {"at": expected}
    assert made.to_arrow().to_pylist() == [{"at": expected}, {"at": None}]
    assert made.to_arrow().schema.field("at").type == pyarrow.timestamp("us", "UTC")
    assert json.loads(made.to_json())[0] == {"at": expected.isoformat()}
    assert made.to_csv().splitlines()[1] == expected.isoformat()


def test_what_is_of_another_kind_is_refused_with_the_name_of_its_column() -> None:
    with pytest.raises(InvalidArgumentsError, match='"bid" holds something that is no number'):
        table([("much",)], Column("bid", "number")).to_arrow()


def test_text_that_cannot_be_sent_is_written_out() -> None:
    made = table([("caf\udce9",)], Column("name"))
    assert made.to_arrow().to_pylist() == [{"name": r"caf\udce9"}]
    assert made.to_csv().splitlines()[1] == r"caf\udce9"
    assert json.loads(made.to_json()) == [{"name": "caf\udce9"}]


def test_parquet_keeps_lists_and_zones(tmp_path: Path) -> None:
    rows = [(["a", "b"], arrow.get("2026-01-31T12:00:00")), ([], None)]
    table(rows, Column("tasks", is_many=True), Column("at", "moment")).to_parquet(tmp_path / "x.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "x.parquet").to_pylist() == [
        {"tasks": ["a", "b"], "at": datetime(2026, 1, 31, 12, tzinfo=UTC)},
        {"tasks": [], "at": None},
    ]


@pytest.mark.promise("exported-files-are-whole")
def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    def read(_start: int, _stop: int | None) -> Iterator[Sequence[Row]]:
        yield [("new",)]
        raise KeyboardInterrupt

    path = tmp_path / "shots.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        DataTable("Shot", (Column("name"),), read).to_csv(path)
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["shots.csv"])
    with replacing(path) as stream:
        stream.write(b"new")
    assert path.read_text() == "new"


def test_columns_are_chosen_by_name() -> None:
    made = table([("a", 1)], Column("name"), Column("version", "integer"))
    assert made.to_dicts(["version"]) == [{"version": 1}]
    with pytest.raises(UnknownAttributeError, match=r'no column "nam"\. Did you mean "name"\?'):
        made.to_csv(columns=["nam"])
    with pytest.raises(InvalidArgumentsError, match="Columns are given as a list"):
        made.to_dicts("name")
    with pytest.raises(InvalidArgumentsError, match="The first argument is the path of a file"):
        made.to_csv(["name"])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("module", "use", "extra"),
    [
        ("rich", lambda made: made.show(), "display"),
        ("pyarrow", lambda made: made.to_arrow(), "export"),
        ("pandas", lambda made: made.to_pandas(), "export"),
        ("polars", lambda made: made.to_polars(), "export"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, use: Any, extra: str
) -> None:
    find = builtins.__import__

    def missing(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return find(name, *arguments, **options)

    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingExtraError, match=re.escape(f'pip install "trackteroid[{extra}]"')):
        use(table([("a",)], Column("name")))


# Seeing


def shown(made: DataTable, width: int = 80, rows: int = 10) -> list[str]:
    text = io.StringIO()
    made.show(width=width, file=text, rows=rows)
    return [line.rstrip() for line in text.getvalue().splitlines()]


HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "[bold red]markup[/]",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    ":smile:",
    "one\ntwo",
    "\x07\x9b2J",
    "\u202egnp.exe",
]


@pytest.mark.promise("tables-are-not-obeyed")
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_cell_or_a_name_is_obeyed(text: str) -> None:
    made = table([(text, [text])], Column(text), Column("list", is_many=True))
    lines = shown(made, width=200)
    assert any(visible(text) in line for line in lines)
    assert all(character.isprintable() for line in lines for character in line)
    page = made._repr_html_()
    tags = re.findall(r"<(\w+)", page)
    assert set(tags) <= {"div", "table", "tr", "th", "td", "small", "br", "em"}


@pytest.mark.promise("tables-are-not-obeyed")
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_an_error_or_a_tree_is_obeyed(text: str) -> None:
    error = UnknownAttributeError(f"There is no {text}.", name="name", near=[text])
    project = Node("p", "", text, "Project", "")
    tree = Tree([project], [Node("s", "p", text, "Shot", text)])
    for page in (error._repr_html_(), tree._repr_html_()):
        assert set(re.findall(r"<(\w+)", page)) <= {"p", "ul", "li", "code", "div", "details", "summary", "small"}
    for drawn in (error._repr_html_(), tree._repr_html_(), str(tree), repr(tree)):
        assert visible(text) in html.unescape(drawn).replace("\n", "\\n")
        assert all(character.isprintable() or character == "\n" for character in drawn)


@given(st.text())
def test_visible_text_is_one_line_without_anything_invisible(text: str) -> None:
    assert all(c.isprintable() or c in "\u200c\u200d" or c == "\xa0" or c.isspace() for c in visible(text))
    assert len(visible(text).splitlines()) <= 1


@pytest.mark.parametrize("width", [10, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    from rich.cells import cell_len

    rows = [("制作" * 30, "x" * 500, "🎬" * 20, number * 1.5) for number in range(30)]
    made = table(rows, Column("name"), Column("description"), Column("mark"), Column("bid", "number"))
    assert max(map(cell_len, shown(made, width=width))) <= width


def test_what_does_not_fit_is_named() -> None:
    made = table([("x" * 20,) * 6], *(Column(f"column{number}") for number in range(6)))
    assert any(line.startswith("Too wide for: column3") for line in shown(made, width=40))


SIZE = "1,000,000 Shot, 999,996 of them not shown"


@pytest.mark.promise("seeing-asks-nothing")
def test_the_first_and_the_last_rows_are_drawn_and_no_others_are_read() -> None:
    asked: list[tuple[int, int | None]] = []

    def read(start: int, stop: int | None) -> Iterator[Sequence[Row]]:
        asked.append((start, stop))
        yield [(f"sh{number}",) for number in range(start, stop or 0)]

    made = DataTable("Shot", (Column("name"),), read, count=1_000_000)
    assert shown(made, rows=4)[2:] == [
        "sh0",
        "sh1",
        "...",
        "sh999998",
        "sh999999",
        SIZE,
    ]
    assert asked == [(0, 2), (999_998, 1_000_000)]


def test_what_was_not_loaded_is_said_and_is_not_nothing() -> None:
    made = table([("a", NOT_SET), ("b", None)], Column("name"), Column("comment"))
    assert shown(made)[2:] == ["a      not loaded", "b", "2 Shot", "Not loaded: comment"]
    assert "<em>not loaded</em>" in made._repr_html_()


def test_empty_tables_show_their_columns() -> None:
    assert shown(table([], Column("name"), Column("bid", "number")))[::2] == ["name   bid", "0 Shot"]


def test_a_stream_that_has_not_all_characters_gets_them_written_out() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="")
    table([("制", "é")], Column("name"), Column("comment")).show(file=stream, width=60)
    stream.seek(0)
    assert stream.read().split("\n")[2].split() == [r"\u5236", "|", r"\xe9"]


def test_a_pipe_gets_no_colours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    table([("a", NOT_SET)], Column("name"), Column("comment")).show()
    assert "\x1b" not in capsys.readouterr().out


def test_pages_have_links_and_pictures_only_of_servers_and_without_keys() -> None:
    addresses = [
        "https://studio.ftrackapp.com/thumbnail?id=1",
        "javascript:alert(1)",
        "https://studio.ftrackapp.com/thumbnail?apiKey=secret",
        "http://1234.trackteroid.invalid/x",
    ]

    def read(_start: int, _stop: int | None) -> Iterator[Sequence[Row]]:
        yield [("a",)] * 4

    made = DataTable("Shot", (Column("name"),), read, 4, links=addresses.__getitem__, pictures=addresses.__getitem__)
    page = made._repr_html_()
    assert page.count("https://studio.ftrackapp.com/thumbnail?id=1") == 2
    assert not re.search("javascript|secret|invalid", page)


def drawn_at(width: int, table: DataTable) -> str:
    text = io.StringIO()
    table.show(width=width, file=text)
    return text.getvalue()


def test_a_narrow_terminal_cuts_text_and_neither_numbers_nor_moments() -> None:
    columns = [Column("comment"), Column("date", "moment"), Column("frames", "integer")]
    moment = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
    drawn = drawn_at(46, DataTable.of("Shot", columns, [("a comment that is far too long", moment, 123456789)]))
    assert "2026-01-05 09:00Z" in drawn
    assert "123456789" in drawn
    assert "a commen" in drawn
    assert "too long" not in drawn


def test_what_is_to_be_read_in_full_takes_several_lines() -> None:
    words = "select id, name from Shot where project has (name is sync)"
    columns = [Column("Query"), Column("Shot", is_whole=True)]
    drawn = drawn_at(40, DataTable.of("", columns, [("text", words)]))
    assert "".join(drawn.split()).endswith("text" + words.replace(" ", ""))


def test_what_says_nothing_is_drawn_for_who_asks_for_it_and_one_row_is_one() -> None:
    columns = [Column("id", is_hidden=True), Column("name")]
    table = DataTable.of("changes", columns, [("11", "comp")], one="change")
    assert "11" not in drawn_at(80, table)
    assert "1 change\n" in drawn_at(80, table)
    assert '<th style="text-align:left;max-width:40em">name</th>' in table._repr_html_()
