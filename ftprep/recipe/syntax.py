"""Texts that are no YAML: what its parser says, in the words of somebody who writes recipes."""

from __future__ import annotations

import re
from collections.abc import Callable

from yaml.error import Mark, MarkedYAMLError

from .traps import line_at, quoted

Said = tuple[Mark, str, str]
"""Where, what, and what to do."""

_AGAIN = re.compile(r"\s*(?:- +)*[^\s\"'#{\[&*!|>%@`][^:]*:[ \t]+(?P<text>\S.*)")
_NO_SPACE = re.compile(r"\s*(?:- +)*(?P<key>\w+):\S")
_CLOSING = {"[": "]", "{": "}"}
_NEITHER = ("this line is neither 'key: value' nor '- item'", "write a space after the colon, or remove it")
_LEVEL = "begin all keys, and all '- ' of one list, in the same column"


def explain(error: MarkedYAMLError, text: str, opened: Mark | None = None) -> Said:
    """Place, message and hint of a parse error in `text`; `opened` is right after the bracket or brace still open."""
    problem, context = error.problem or "", error.context or ""
    if opened is not None and "<stream end>" in problem:
        bracket = Mark(opened.name, opened.index - 1, opened.line, opened.column - 1, None, 0)
        return _unclosed(bracket, text)
    for about, in_context, rule in _RULES:
        if re.search(about, problem) and in_context in context:
            return rule(error, text)
    said = " ".join(filter(None, (context, problem)))
    return _at(error), f"this is no YAML ({said})", "check quotes, brackets and indentation here and above"


def _at(error: MarkedYAMLError) -> Mark:
    mark = error.problem_mark or error.context_mark
    assert mark is not None  # parser and scanner give one with every error
    return mark


def _from(error: MarkedYAMLError) -> Mark:
    return error.context_mark or _at(error)


def _before(text: str, mark: Mark) -> str:
    return text[mark.index - mark.column : mark.index]


def _word(text: str, mark: Mark) -> str:
    """The text somebody wanted to write at a mark, in quotes."""
    before, rest = _before(text, mark), line_at(text, mark.index)
    if sum(map(before.count, "{[")) > sum(map(before.count, "}]")):
        rest = re.split(r"[,}\]]", rest)[0]
    return quoted(re.split(r"\s#", rest)[0].strip())


def _second_colon(error: MarkedYAMLError, text: str) -> Said:
    mark = _at(error)
    before = _before(text, mark)
    if match := _AGAIN.fullmatch(before):
        whole = match["text"] + line_at(text, mark.index)
        return mark, "a second ': ' in an unquoted text", f"quote the text: {quoted(whole.strip())}"
    above = text[: mark.index - mark.column].splitlines()
    last = next((n for n in range(len(above) - 1, -1, -1) if above[n].strip()), 0)
    if above and (tight := _NO_SPACE.match(above[last])) and ": " not in above[last]:
        place = Mark(mark.name, 0, last, tight.end("key"), None, 0)
        return place, f"no space after '{tight['key']}:'", f"write '{tight['key']}: value'"
    indent = len(before) - len(before.lstrip())
    if above and len(above[last]) - len(above[last].lstrip()) == indent:
        return Mark(mark.name, 0, last, indent, None, 0), *_NEITHER
    start = Mark(mark.name, 0, mark.line, indent, None, 0)
    hint = "begin it in the column of the keys beside it; if it belongs under the line above, end that line with ':'"
    return start, "this line is indented so that it continues the text above", hint


def _cannot_begin(error: MarkedYAMLError, text: str) -> Said:
    mark = _at(error)
    if text[mark.index] == "\t":
        return mark, "a tab character", "use spaces; YAML does not allow tabs here"
    return mark, f"an unquoted text cannot begin with '{text[mark.index]}'", f"quote it: {_word(text, mark)}"


def _special(error: MarkedYAMLError, text: str) -> Said:
    mark = _from(error)
    what = {"*": "an alias", "&": "an anchor", "!": "a tag"}[text[mark.index]]
    return mark, f"an unquoted '{text[mark.index]}' begins {what}", f"quote the text: {_word(text, mark)}"


def _open_quote(error: MarkedYAMLError, text: str) -> Said:
    mark = _from(error)
    return mark, f"the quote {text[mark.index]} that begins here is never closed", "close it on the line where it ends"


def _escape(error: MarkedYAMLError, text: str) -> Said:
    mark = _at(error)
    hint = r"write \\ for a backslash, or use single quotes; paths take / everywhere"
    return mark, f"'\\{line_at(text, mark.index)[:1]}' is no escape of double-quoted text", hint


def _hex(error: MarkedYAMLError, text: str) -> Said:
    digits = re.search(r"\d+", error.problem or "")
    count = digits[0] if digits else "2, 4 or 8"
    return _from(error), f"an escape in this text lacks its {count} hexadecimal digits", r'write "\x0c" or "\u200b"'


def _block_text(error: MarkedYAMLError, text: str) -> Said:
    mark = _from(error)
    hint = f"begin the text on the next line, or quote it: {_word(text, mark)}"
    return mark, f"text on the line of '{text[mark.index]}', which announces a text of several lines", hint


def _list_here(error: MarkedYAMLError, text: str) -> Said:
    mark = _at(error)
    return (
        mark,
        "a list cannot begin on the line of its key",
        f"begin it on the next line; a text is quoted: {_word(text, mark)}",
    )


def _lost_line(error: MarkedYAMLError, text: str) -> Said:
    return _from(error), *_NEITHER


def _block_end(error: MarkedYAMLError, text: str) -> Said:
    mark = _at(error)
    before = _before(text, mark)
    found = text[mark.index]
    if found == ":":
        return mark, "no key stands before this ':'", "write 'key: value'"
    if before.strip(" -"):
        closed = re.search(r"(?:^|[\s:])([\"'{\[&*!]).*$", before)
        what = {'"': "a closing quote", "'": "a closing quote", "{": "a closing brace", "[": "a closing bracket"}
        after = what.get(closed[1], "an alias, anchor or tag") if closed else "the end of a value"
        quotes = "double quotes; within single quotes '' is an apostrophe" if "'" in before else "quotes"
        return mark, f"more text after {after}", f"put the whole text in {quotes}"
    if error.problem and error.problem.endswith("'-'"):
        return mark, "a list item among keys", "indent the item under the key it belongs to"
    if error.problem and error.problem.endswith("'?'"):
        return mark, "a key among list items", "put '- ' before it, or begin it in the column of the keys above"
    return mark, "this indentation fits no line above", _LEVEL


def _unclosed(start: Mark, text: str) -> Said:
    opening = text[start.index]
    comment = re.search(r"(?<=[\s\[{,])#.*", line_at(text, start.index))
    if comment is None:
        return start, f"'{opening}' is never closed", f"add '{_CLOSING[opening]}'"
    meant = comment[0].rstrip(" ]},")
    return start, f"'{opening}' is never closed, for an unquoted # begins a comment", f"quote the text: {quoted(meant)}"


def _brackets(error: MarkedYAMLError, text: str) -> Said:
    mark, start = _at(error), _from(error)
    if mark.line != start.line:
        return _unclosed(start, text)
    closing = _CLOSING[text[start.index]]
    if text[mark.index] in "]}":
        return mark, f"'{text[mark.index]}' closes what '{text[start.index]}' opened", f"write '{closing}'"
    if text[mark.index] == ":":
        return mark, "a second ':' in one entry", "separate entries by ','; quote a text that holds ': '"
    return mark, f"a ',' or '{closing}' is missing here", "separate entries by ','; quote texts"


def _document(error: MarkedYAMLError, text: str) -> Said:
    if line := re.search(r"^%", text[: _at(error).index], re.MULTILINE):
        place = Mark("", line.start(), text.count("\n", 0, line.start()), 0, None, 0)
        return place, "a line that begins with '%' is a directive of YAML", "remove it, or quote the text"
    hint = "a recipe is one mapping: lines of 'key: value' that begin in the same column"
    return _at(error), "this does not belong to what stands above it", hint


def _directive(error: MarkedYAMLError, text: str) -> Said:
    return _at(error), "a directive that is not known", "remove the line that begins with '%'"


_RULES: tuple[tuple[str, str, Callable[[MarkedYAMLError, str], Said]], ...] = (
    ("mapping values are not allowed", "", _second_colon),
    ("cannot start any token", "", _cannot_begin),
    ("expected the node content", "", _cannot_begin),
    ("mapping keys are not allowed", "", _cannot_begin),
    ("", "scanning an alias", _special),
    ("", "scanning an anchor", _special),
    ("tag handle", "", _special),
    ("", "parsing a tag", _special),
    ("", "scanning a tag", _special),
    ("unexpected end of stream|document separator", "quoted scalar", _open_quote),
    ("unknown escape", "", _escape),
    ("escape sequence of", "", _hex),
    ("", "scanning a block scalar", _block_text),
    ("sequence entries are not allowed", "", _list_here),
    ("could not find expected ':'", "", _lost_line),
    ("expected <block end>", "", _block_end),
    (r"expected ',' or", "", _brackets),
    ("expected '<document start>'", "", _document),
    ("directive|YAML document", "", _directive),
    ("", "directive", _directive),
)
