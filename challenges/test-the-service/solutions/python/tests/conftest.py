import os
from collections.abc import Iterator

import pytest
from shop import Shop


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """The service under test."""
    with Shop(os.environ["BASE_URL"]) as shop:
        yield shop
