"""`ftprep jobs`: trainings that were started, until their end and after it."""

from __future__ import annotations

import click

from .commands import Group
from .jobs_change import cancel, pause, resume
from .jobs_follow import follow, wait
from .jobs_results import results
from .jobs_show import list_, show


@click.group(name="jobs", cls=Group)
def command() -> None:
    """List, follow, stop and judge the trainings that were started."""


for _one in (list_, show, follow, wait, cancel, pause, resume, results):
    command.add_command(_one)
