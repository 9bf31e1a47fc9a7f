import os

import httpx
import pytest


@pytest.fixture(scope="session")
def api():
    with httpx.Client(base_url=os.environ["BASE_URL"]) as client:
        yield client


@pytest.fixture
def name():
    return f"cup {os.environ['SEED']}"
