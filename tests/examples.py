"""How many examples a property test tries: most in a full run, some in the usual one.

``pytest`` alone, and so the second command of the README, tries most; so does one that names files.
``-m "not slow …"`` tries a sixth: what such a test guards is seldom what is being worked on.
"""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FULL: Final = "full"
USUAL: Final = "usual"
_OF_ALL: Final = 100

# How long an example takes depends on what else the machine does; no test is to fail for that.
settings.register_profile(FULL, deadline=None, max_examples=_OF_ALL * 3 // 5)
settings.register_profile(USUAL, deadline=None, max_examples=_OF_ALL // 10)


def load_profile(config: pytest.Config) -> None:
    """Choose between all examples and some by whether slow tests are run."""
    settings.load_profile(USUAL if "not slow" in config.option.markexpr else FULL)


@settings(max_examples=1, database=None)
@given(st.none())
def first_property(_: None) -> None:
    """Let Hypothesis register its numbers before a service sets objects apart (``gc.freeze``).

    It asks the collector who holds them, and warns if nobody does; the collector leaves out what
    is set apart.
    """


def examples(number: int, **others: Any) -> settings:
    """Return settings for so many examples in a full run, and a part of them in the usual one."""
    return settings(max_examples=-(-number * settings.default.max_examples // _OF_ALL), **others)
