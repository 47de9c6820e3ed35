"""The contract of plugins: readers, the four shapes of step, writers, uploaders, tokenizers, facts about models.

A step is its options: a frozen pydantic model whose fields are the keys in the recipe, the first one its shorthand.
A step never loops: the engine owns loop, order, counting and parallelism.
"""

from __future__ import annotations

from .answers import AnswerFile, answer_key
from .base import NAME, ModelFacts, Split, Step, StepRun
from .binning import binned, percentile
from .blocks import row_blocks
from .ends import Lossy, Reader, Rows, Survey, Tokenizer, Writer
from .pairs import PairWriter
from .proposal import Proposal
from .remote import (
    ENDED,
    Answer,
    Checkpoint,
    JobEvent,
    JobRequest,
    Question,
    RemoteFile,
    RemoteJob,
    RemoteModel,
    Upload,
)
from .session import Session
from .shapes import Check, Gather, Map, Met, Select, Verdict
from .showing import Bars, Histogram, Note, Numbers, Shown, Table, Topic
from .uploader import Remote, StandIn, Uploader

__all__ = [
    "ENDED", "NAME", "Answer", "AnswerFile", "Bars", "Check", "Checkpoint", "Gather", "Histogram", "JobEvent",
    "JobRequest", "Lossy", "Map", "Met", "ModelFacts", "Note", "Numbers", "PairWriter", "Proposal", "Question",
    "Reader", "Remote", "RemoteFile", "RemoteJob", "RemoteModel", "Rows", "Select", "Session", "Shown", "Split",
    "StandIn", "Step", "StepRun", "Survey", "Table", "Tokenizer", "Topic", "Upload", "Uploader", "Verdict", "Writer",
    "answer_key", "binned", "percentile", "row_blocks",
]  # fmt: skip
