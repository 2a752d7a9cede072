"""Titles that the model in use writes, after its first answer.

Who wants that is asked (`User.titles`). It costs little, is paid for like everything else, and what
comes is looked at before it is taken: the first words are better than a title that is wrong.
"""

from chat.titles.cleaning import cleaned
from chat.titles.writing import begin, drain

__all__ = ["begin", "cleaned", "drain"]
