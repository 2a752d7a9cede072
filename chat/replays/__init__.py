"""Saved answers played again as they came, without asking anybody.

The one rule: a replay is made of what was recorded. It asks no provider, costs nothing, and what
was not recorded it says.
"""
