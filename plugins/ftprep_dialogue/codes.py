"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CONVERSATIONS = (
    Code("FT310", "A separator has white space around it; it ended the conversation all the same.",
         "Remove the white space.", "advice",
         fails="Human,AI\nHi,Hello.\n### ,###\nBye,See you.\n",
         passes="Human,AI\nHi,Hello.\n###,###\nBye,See you.\n",
         asks="transform: [{conversations: {user: Human, assistant: AI}}]"),
    Code("FT311", "A separator stands in one cell of its row, the other is empty; it ended the conversation "
         "all the same.", "Write it into both cells.", "advice",
         fails="Human,AI\nHi,Hello.\n###,\nBye,See you.\n",
         passes="Human,AI\nHi,Hello.\n###,###\nBye,See you.\n",
         asks="transform: [{conversations: {user: Human, assistant: AI}}]"),
    Code("FT312", "A cell is the separator, and another cell of its row has text; it was kept as a message.",
         "If a conversation ends there, give it a row of its own.", "warning",
         fails="Human,AI\nHi,Hello.\n###,Goodbye.\nBye,See you.\n",
         passes="Human,AI\nHi,Hello.\n###,###\nBye,See you.\n",
         asks="transform: [{conversations: {user: Human, assistant: AI}}]"),
    Code("FT313", "A message has the separator inside; it was kept as text.",
         "If a conversation ends there, give it a row of its own.", "warning",
         fails="Human,AI\nHi,Hello. ### Next.\nBye,See you.\n",
         passes="Human,AI\nHi,Hello.\n###,###\nBye,See you.\n",
         asks="transform: [{conversations: {user: Human, assistant: AI}}]"),
    Code("FT314", "A message has no speaker; it was taken as the user's.", "Fill in the speaker.", "warning",
         fails="conversation,speaker,text\n1,user,Hi\n1,assistant,Hello.\n1,,Bye\n1,assistant,See you.\n",
         passes="conversation,speaker,text\n1,user,Hi\n1,assistant,Hello.\n1,user,Bye\n1,assistant,See you.\n"),
)  # fmt: skip
SEPARATOR = (
    Code("FT315", "A separator or stop sequence occurs inside a text: there the model stops, or begins its "
         "answer, too early.", "Take another text, or drop such examples with on_fail: drop.", "warning",
         fails="prompt,completion\nPress -> to go on. ->, OK\n",
         passes="prompt,completion\nPress Enter to go on. ->, OK\n",
         asks='check: [{separator: " ->"}]'),
)  # fmt: skip
