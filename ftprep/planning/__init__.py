"""How a plan is made: items become steps, paths become sources, and the order of steps is judged."""
