"""Diagnostics as text."""

from __future__ import annotations

from goldens_support import assert_golden
from sqlward_codegen.diagnostics import Diagnostic, Label, Severity
from sqlward_codegen.messages.render import machine_form, render
from sqlward_codegen.model import Span

TEXT = (
    "SELECT id,\n"
    "\t'日本語e\u0301' AS name, missing,\n"
    "  " + ", ".join(f"column_{i}" for i in range(20)) + ", wrong, " + "x" * 90 + "\r\n"
    "FROM chats\n"
    "JOIN users\n"
    "  ON users.id = chats.owner_id\n"
    "JOIN organizations\n"
    "  ON organizations.id = chats.organization_id\n"
    "WHERE chats.id = '\x1b[31m\u202e'\n"
)
FILES = {"queries/chats.sql": TEXT, "schema/dump.sql": "CREATE TABLE chats (id int);\n"}


def at(words: str, text: str = "", path: str = "queries/chats.sql") -> Label:
    """Give the label at the first place of some words."""
    start = FILES[path].index(words)
    return Label(Span(path, start, start + len(words)), text)


def shown(*diagnostics: Diagnostic, color: bool = False, width: int = 80) -> str:
    """Render with the files of this test."""
    return render(diagnostics, FILES.get, color=color, width=width)


def test_style_page() -> None:
    """The example of the style page, to the letter."""
    sql = "SELECT * FROM chat_providers WHERE provider = @provider;"
    text = "\n" * 13 + sql + "\n"
    start = text.index("provider = @provider")
    diagnostic = Diagnostic(
        "SW204",
        "`GetProvider` is `:one` but can return several rows",
        (Label(Span("queries/chat_providers.sql", start, start + 20), "`provider` is not unique"),),
        "add `ORDER BY created_at, id LIMIT 1`, make it `:many`, or add a unique constraint "
        "on `chat_providers (provider)`",
    )

    assert_golden("diagnostics/render/style_page.txt", render([diagnostic], lambda path: text))


def test_labels_on_one_line() -> None:
    """Several places on a line have a row each; tabs and wide characters keep them aligned."""
    diagnostic = Diagnostic(
        "SW201", "two", (at("missing", "no column"), at("'日本語e\u0301'", "text"))
    )

    assert_golden("diagnostics/render/one_line.txt", shown(diagnostic))


def test_long_line() -> None:
    """A long line is cut around the place, on the side or sides where it is too long."""
    labels = [at("column_1", "left"), at("wrong", "middle"), at("x" * 90, "the whole end")]

    assert_golden(
        "diagnostics/render/long_line.txt",
        shown(*(Diagnostic("SW201", "long", (label,)) for label in labels)),
    )


def test_several_lines() -> None:
    """A place of a few lines is marked on each, a longer one on its first and last."""
    short = at("FROM chats\nJOIN users\n", "both")
    end = "organization_id"
    start = TEXT.index("JOIN users")
    long = Label(Span("queries/chats.sql", start, TEXT.index(end) + len(end)), "all of it")
    longer = Label(Span("queries/chats.sql", 0, TEXT.index(end) + len(end)), "nearly everything")

    assert_golden(
        "diagnostics/render/several_lines.txt",
        shown(*(Diagnostic("SW201", "lines", (label,)) for label in (short, long, longer))),
    )


def test_other_files() -> None:
    """Places in other files follow, one that cannot be read by its name alone."""
    diagnostic = Diagnostic(
        "SW114",
        "several files",
        (
            at("FROM chats", "here"),
            at("CREATE TABLE", "and here", "schema/dump.sql"),
            Label(Span("gone.sql", 3, 5), "and there"),
            at("WHERE", "and here again"),
        ),
    )

    assert_golden("diagnostics/render/other_files.txt", shown(diagnostic))


def test_endings() -> None:
    """Notes come before the help; further lines of either are indented."""
    diagnostic = Diagnostic(
        "SW001", "first\nsecond", (), "do this\nand that", Severity.WARNING, ("one", "two\nlines")
    )

    assert_golden("diagnostics/render/endings.txt", shown(diagnostic))


def test_ends_of_file() -> None:
    """Places at and behind the end of a file are shown at its last line's end."""
    places = (len(TEXT), len(TEXT) + 10)
    diagnostics = [
        Diagnostic(f"SW20{i}", "end", (Label(Span("queries/chats.sql", p, p), "here"),))
        for i, p in enumerate(places)
    ]
    empty = Diagnostic("SW209", "empty", (Label(Span("empty.sql", 0, 0), "here"),))
    text = render([*diagnostics, empty], {**FILES, "empty.sql": ""}.get)

    assert_golden("diagnostics/render/ends_of_file.txt", text)


def test_text_that_steers_a_terminal() -> None:
    """Escape sequences and direction marks in a file are shown, not obeyed."""
    text = shown(Diagnostic("SW201", "escape", (at("WHERE"),)))

    assert "WHERE chats.id = '␛[31m\ufffd'" in text
    assert "\x1b" not in text


def test_order_and_count() -> None:
    """Diagnostics come by file and place, each once, and are counted at the end."""
    early, late = Diagnostic("SW202", "b", (at("SELECT"),)), Diagnostic("SW201", "a", (at("FROM"),))
    warning = Diagnostic(
        "SW118", "w", (at("CREATE", path="schema/dump.sql"),), None, Severity.WARNING
    )
    nowhere = Diagnostic("SW701", "n")
    text = shown(warning, late, early, nowhere, late)
    codes = [
        line[line.index("[") + 1 : line.index("]")] for line in text.splitlines() if "[SW" in line
    ]

    assert ["SW701", "SW202", "SW201", "SW118"] == codes
    assert "error: 3 errors, 1 warning" == text.splitlines()[-1]


def test_only_warnings() -> None:
    """Without an error the last line speaks of warnings."""
    text = shown(Diagnostic("SW118", "w", severity=Severity.WARNING))

    assert "warning: 1 warning" == text.splitlines()[-1]


def test_nothing() -> None:
    """Nothing to say is the empty text."""
    assert "" == render([], FILES.get)


def test_color_changes_nothing_but_color() -> None:
    """Without its escape sequences, colored text is the plain text."""
    diagnostics = (
        Diagnostic("SW201", "m", (at("missing", "here"), at("JOIN users", "there")), "h"),
        Diagnostic("SW118", "w", severity=Severity.WARNING),
    )
    colored = shown(*diagnostics, color=True)
    bare = colored
    for sequence in ("1;31", "1;33", "1;34", "1", "0"):
        bare = bare.replace(f"\x1b[{sequence}m", "")

    assert "\x1b[1;31merror[SW201]\x1b[0m" in colored
    assert shown(*diagnostics) == bare


def test_machine_form() -> None:
    """The machine-readable form has offsets from 0, and lines and columns from 1."""
    diagnostic = Diagnostic("SW201", "m", (at("missing", "here"),), "h", notes=("n",))
    start = TEXT.index("missing")
    expected = {
        "code": "SW201",
        "severity": "error",
        "message": "m",
        "labels": [
            {
                "path": "queries/chats.sql",
                "start": start,
                "end": start + 7,
                "text": "here",
                "line": 2,
                "column": 19,
                "end_line": 2,
                "end_column": 26,
            }
        ],
        "help": "h",
        "notes": ["n"],
    }

    assert expected == machine_form(diagnostic, FILES.get)


def test_machine_form_without_the_file() -> None:
    """A file that cannot be read gives no line and no column."""
    diagnostic = Diagnostic("SW201", "m", (Label(Span("gone.sql", 1, 2)),))
    form = machine_form(diagnostic, FILES.get)

    assert [{"path": "gone.sql", "start": 1, "end": 2, "text": ""}] == form["labels"]
