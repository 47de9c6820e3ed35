"""The engine: parts, stages, decisions, routing, and the counts that prove that nothing was lost."""
