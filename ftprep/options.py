"""What the options of a step mean: the docstring below each field, read when it is asked for.

pydantic can read them itself (`use_attribute_docstrings`), but does so when a class is made: parsing the source of all
installed steps took half of the time in which a run starts.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def option_docs(cls: type) -> dict[str, str]:
    """Field -> what it means, of a class and its bases. Empty where the source cannot be found."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found |= _own_docs(base)
    return found


@cache  # bases are shared, and some have long sources
def _own_docs(cls: type) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if tree.body and isinstance(tree.body[0], ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(doc.value.value)
        for field, doc in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant) and isinstance(doc.value.value, str)
    }
