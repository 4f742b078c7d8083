"""The stories are the same here as in Rust, on every storage."""

import pytest
from stories import Runner, names, read


@pytest.mark.parametrize("name", names())
def test_the_story_goes_the_same_here(name: str, url: str) -> None:
    runner = Runner(read(name), url)
    runner.replay()
    runner.crm.close()


def test_there_are_stories() -> None:
    assert len(names()) >= 8
