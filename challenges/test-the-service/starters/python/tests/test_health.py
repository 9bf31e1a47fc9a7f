import os

import httpx

BASE_URL = os.environ["BASE_URL"]


def test_service_is_healthy() -> None:
    assert httpx.get(f"{BASE_URL}/health").status_code == 200
