"""The target of an evaluation and the cheapest way there."""
