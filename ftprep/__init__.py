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
    from .conversion import convert as convert
    from .differing import Difference as Difference
    from .differing import diff as diff
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
    from .generating import generate as generate
    from .hookspecs import FTPREP_API as FTPREP_API
    from .hookspecs import hookimpl as hookimpl
    from .installed import Installation as Installation
    from .installed import installation as installation
    from .markup import html_text as html_text
    from .parts import Part as Part
    from .parts import json_parts as json_parts
    from .records import is_json_lines as is_json_lines
    from .records import json_records as json_records
    from .remote.cleaning import delete as delete
    from .remote.comparing import Comparison as Comparison
    from .remote.comparing import compare as compare
    from .remote.functions import upload as upload
    from .remote.job_functions import follow as follow
    from .remote.job_functions import results as results
    from .remote.job_functions import wait as wait
    from .remote.measures import sequence_accuracy as sequence_accuracy
    from .remote.measures import token_accuracy as token_accuracy
    from .remote.sampling import Sample as Sample
    from .remote.sampling import sample as sample
    from .report.again import make_report as make_report
    from .rowrules import RowRules as RowRules
    from .rowrules import RulePack as RulePack
    from .steps import Answer as Answer
    from .steps import AnswerFile as AnswerFile
    from .steps import Bars as Bars
    from .steps import Check as Check
    from .steps import Checkpoint as Checkpoint
    from .steps import Gather as Gather
    from .steps import Histogram as Histogram
    from .steps import JobEvent as JobEvent
    from .steps import JobRequest as JobRequest
    from .steps import Lossy as Lossy
    from .steps import Map as Map
    from .steps import Met as Met
    from .steps import ModelFacts as ModelFacts
    from .steps import Note as Note
    from .steps import Numbers as Numbers
    from .steps import PairWriter as PairWriter
    from .steps import Proposal as Proposal
    from .steps import Question as Question
    from .steps import Reader as Reader
    from .steps import Remote as Remote
    from .steps import RemoteFile as RemoteFile
    from .steps import RemoteJob as RemoteJob
    from .steps import RemoteModel as RemoteModel
    from .steps import Rows as Rows
    from .steps import Select as Select
    from .steps import Session as Session
    from .steps import Shown as Shown
    from .steps import Split as Split
    from .steps import StandIn as StandIn
    from .steps import Step as Step
    from .steps import StepRun as StepRun
    from .steps import Survey as Survey
    from .steps import Table as Table
    from .steps import Tokenizer as Tokenizer
    from .steps import Topic as Topic
    from .steps import Upload as Upload
    from .steps import Uploader as Uploader
    from .steps import Verdict as Verdict
    from .steps import Writer as Writer
    from .steps import answer_key as answer_key
    from .steps import binned as binned
    from .steps import percentile as percentile
    from .steps import row_blocks as row_blocks
    from .survey import survey_columns as survey_columns
    from .survey import survey_header as survey_header
    from .survey import survey_text as survey_text
    from .template import Column as Column
    from .template import InPath as InPath
    from .template import MissingColumn as MissingColumn
    from .template import Template as Template
    from .template import as_text as as_text
    from .template import dialogue_text as dialogue_text
    from .tracing import Told as Told
    from .tracing import explain as explain

_HOME = {
    "api": "Run run stream",
    "differing": "Difference diff",
    "doctor": "check fix init",
    "conversion": "convert",
    "codes": "Code",
    "contract": "Contract",
    "errors": "DataError FindingsError FtprepError OutputError PluginError Problem RecipeError RemoteError "
    "did_you_mean",
    "example": "Drop Example Finding Fix Image Message Outcome Row Source Text ToolCall",
    "files": "Input",
    "generating": "generate",
    "hookspecs": "FTPREP_API hookimpl",
    "installed": "Installation installation",
    "markup": "html_text",
    "parts": "Part json_parts",
    "records": "is_json_lines json_records",
    "remote.cleaning": "delete",
    "remote.comparing": "Comparison compare",
    "remote.job_functions": "follow results wait",
    "remote.functions": "upload",
    "remote.measures": "sequence_accuracy token_accuracy",
    "remote.sampling": "Sample sample",
    "report.again": "make_report",
    "rowrules": "RowRules RulePack",
    "steps": "Answer AnswerFile Bars Check Checkpoint Gather Histogram JobEvent JobRequest Lossy Map Met ModelFacts "
    "Note Numbers PairWriter Proposal Question Reader Remote RemoteFile RemoteJob RemoteModel Rows Select "
    "Session Shown Split StandIn Step StepRun Survey Table Tokenizer Topic Upload Uploader Verdict Writer "
    "answer_key binned percentile row_blocks",
    "survey": "survey_columns survey_header survey_text",
    "template": "Column InPath MissingColumn Template as_text dialogue_text",
    "tracing": "Told explain",
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
