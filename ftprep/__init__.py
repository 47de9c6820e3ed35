"""ftprep: raw data in, fine-tuning data out. The public API, loaded lazily so that `import ftprep` stays cheap."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .api import Run as Run
    from .api import run as run
    from .api import stream as stream
    from .codes import Code as Code
    from .contract import Contract as Contract
    from .doctor import check as check
    from .doctor import fix as fix
    from .doctor import init as init
    from .errors import DataError as DataError
    from .errors import FindingsError as FindingsError
    from .errors import FtprepError as FtprepError
    from .errors import OutputError as OutputError
    from .errors import PluginError as PluginError
    from .errors import Problem as Problem
    from .errors import RecipeError as RecipeError
    from .errors import RemoteError as RemoteError
    from .errors import did_you_mean as did_you_mean
    from .example import Drop as Drop
    from .example import Example as Example
    from .example import Finding as Finding
    from .example import Fix as Fix
    from .example import Image as Image
    from .example import Message as Message
    from .example import Outcome as Outcome
    from .example import Row as Row
    from .example import Source as Source
    from .example import Text as Text
    from .example import ToolCall as ToolCall
    from .files import Input as Input
    from .hookspecs import FTPREP_API as FTPREP_API
    from .hookspecs import hookimpl as hookimpl
    from .rowrules import RowRules as RowRules
    from .rowrules import RulePack as RulePack
    from .steps import Check as Check
    from .steps import Gather as Gather
    from .steps import Lossy as Lossy
    from .steps import Map as Map
    from .steps import Met as Met
    from .steps import ModelFacts as ModelFacts
    from .steps import Proposal as Proposal
    from .steps import Reader as Reader
    from .steps import Rows as Rows
    from .steps import Select as Select
    from .steps import Split as Split
    from .steps import Step as Step
    from .steps import StepRun as StepRun
    from .steps import Survey as Survey
    from .steps import Tokenizer as Tokenizer
    from .steps import Uploader as Uploader
    from .steps import Verdict as Verdict
    from .steps import Writer as Writer
    from .survey import survey_columns as survey_columns
    from .survey import survey_header as survey_header
    from .survey import survey_text as survey_text
    from .template import Column as Column
    from .template import InPath as InPath
    from .template import MissingColumn as MissingColumn
    from .template import Template as Template
    from .template import as_text as as_text
    from .template import dialogue_text as dialogue_text

_HOME = {
    "api": "Run run stream",
    "doctor": "check fix init",
    "codes": "Code",
    "contract": "Contract",
    "errors": "DataError FindingsError FtprepError OutputError PluginError Problem RecipeError RemoteError "
    "did_you_mean",
    "example": "Drop Example Finding Fix Image Message Outcome Row Source Text ToolCall",
    "files": "Input",
    "hookspecs": "FTPREP_API hookimpl",
    "rowrules": "RowRules RulePack",
    "steps": "Check Gather Lossy Map Met ModelFacts Proposal Reader Rows Select Split Step StepRun Survey "
    "Tokenizer Uploader Verdict Writer",
    "survey": "survey_columns survey_header survey_text",
    "template": "Column InPath MissingColumn Template as_text dialogue_text",
}
_MODULE = {name: module for module, names in _HOME.items() for name in names.split()}
__all__ = tuple(_MODULE)


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'ftprep' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULE[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*sorted(_MODULE), "__version__"]
