"""Chat logs: cut into conversations, with roles, without system lines, mentions and names."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Gather] | type[ftprep.Map]]:
    """The steps on the rows of chat-log readers, and on what is made of them."""
    from .anonymise import Anonymise
    from .language import Language
    from .lines import DropSystemLines
    from .mentions import Mentions
    from .roles import Roles
    from .split import SplitTalks
    from .turns import MergeTurns, MinTurns

    return [SplitTalks, DropSystemLines, MergeTurns, Roles, MinTurns, Mentions, Anonymise, Language]
