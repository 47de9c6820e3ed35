"""Which sheets are read, and what a person should know about them."""

from __future__ import annotations

from collections.abc import Iterator

import ftprep

from .book import Book, Sheet
from .header import Header
from .survey import Survey, column_letters, some


def choose(book: Book, wanted: str | int | None, file: str) -> list[Sheet]:
    """The sheets asked for. Raises DataError where there is none of that name or number."""
    if not book.sheets:
        charts = f", only {some([repr(name) for name in book.charts])}" if book.charts else ""
        raise ftprep.DataError(f"has no worksheet{charts}", hint="put the table on a worksheet", file=file)
    if wanted == "all":
        return book.sheets
    if wanted is None:
        return [next((sheet for sheet in book.sheets if not sheet.hidden), book.sheets[0])]
    return [_numbered(book, wanted, file) if isinstance(wanted, int) else _named(book, wanted, file)]


def _numbered(book: Book, number: int, file: str) -> Sheet:
    if 1 <= number <= len(book.sheets):
        return book.sheets[number - 1]
    if any(sheet.name == str(number) for sheet in book.sheets):
        hint = f"the sheet of that name is sheet: '{number}', in quotes"
    else:
        hint = f"there are {len(book.sheets)}: {some(book.sheets, 20)}"
    raise ftprep.DataError(f"has no worksheet number {number}", hint=hint, file=file)


def _named(book: Book, name: str, file: str) -> Sheet:
    for sheet in book.sheets:
        if sheet.name == name:
            return sheet
    if name in book.charts:
        hint = f"choose one with cells: {some(book.sheets, 20)}"
        raise ftprep.DataError(f"sheet '{name}' holds a chart, no table", hint=hint, file=file)
    hint = ftprep.did_you_mean(name, [sheet.name for sheet in book.sheets], otherwise="its sheets")
    raise ftprep.DataError(f"has no sheet '{name}'", hint=hint, file=file)


def said_of_sheets(
    book: Book, chosen: list[Sheet], wanted: str | int | None, source: ftprep.Input
) -> Iterator[ftprep.Finding]:
    """That there are more sheets than the one read by default, and that a chosen one is hidden."""
    others = [sheet for sheet in book.sheets if sheet not in chosen]
    if wanted is None and others:
        yield ftprep.Finding(
            "FT230",
            f"only sheet '{chosen[0].name}' is read, not {some(others)}",
            hint="choose with sheet: a name, a number, or all",
            level="advice",
            source=source.place(1, sheet=chosen[0].name),
        )
    for sheet in chosen:
        if sheet.hidden:
            yield _advice("FT231", "this sheet is hidden, and read all the same", source.place(1, sheet=sheet.name))


def said_of_sheet(sheet: Sheet, survey: Survey, header: Header, source: ftprep.Input) -> Iterator[ftprep.Finding]:
    """Error values, merged cells, hidden rows and hidden columns, from the header on."""
    top = max(header.row, 1)
    whole = source.place(top, survey.last_row, sheet.name)
    if survey.errors:
        more = f" and {survey.error_count - 5:,} more" if survey.error_count > 5 else ""
        yield ftprep.Finding(
            "FT236",
            f"cells hold error values, which are read as text: {', '.join(survey.errors[:5])}{more}",
            hint="correct the formulas, or empty the cells",
            source=whole,
        )
    if merged := [reference for reference, last in survey.merged if last >= top]:
        yield ftprep.Finding(
            "FT232",
            f"merged cells {some(merged)}: only the top left cell of each has the value, the others are empty",
            hint="unmerge them in Excel and fill the empty cells",
            source=whole,
        )
    if hidden := [number for number in survey.hidden_rows if top < number <= survey.last_row]:
        yield _advice("FT231", f"hidden rows are read too: {_spans(hidden)}", whole)
    used = {index + 1 for index, _ in header.columns}
    if hidden := [c for first, last in survey.hidden_columns for c in range(first, last + 1) if c in used]:
        letters = some([column_letters(column) for column in hidden])
        yield _advice("FT231", f"hidden columns are read too: {letters}", whole)


def said_of_columns(
    sheet: Sheet, header: Header, first: tuple[Sheet, Header], source: ftprep.Input
) -> Iterator[ftprep.Finding]:
    """That a sheet has other columns than the first one."""
    if set(header.names) != set(first[1].names):
        yield ftprep.Finding(
            "FT234",
            f"its columns ({', '.join(header.names)}) are not those of sheet '{first[0].name}' "
            f"({', '.join(first[1].names)})",
            hint="read sheets of different tables one by one",
            source=source.place(max(header.row, 1), sheet=sheet.name),
        )


def said_of_dates(odd: list[str], place: ftprep.Source) -> Iterator[ftprep.Finding]:
    """That cells are formatted as dates, but hold numbers that are none."""
    if odd:
        yield ftprep.Finding(
            "FT233",
            f"no dates, though formatted as such: {some(odd)}; their numbers are read",
            hint="Excel shows them as ####; correct the values or the format",
            source=place,
        )


def said_of_empty(sheet: Sheet, source: ftprep.Input) -> ftprep.Finding:
    """That a sheet among several has no rows."""
    return _advice("FT235", "this sheet has no rows to read", source.place(1, sheet=sheet.name))


def _advice(code: str, message: str, place: ftprep.Source) -> ftprep.Finding:
    return ftprep.Finding(code, message, level="advice", source=place)


def _spans(numbers: list[int]) -> str:
    """Rising numbers as `3-7, 9`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return some([f"{first}-{last}" if last > first else str(first) for first, last in spans])
