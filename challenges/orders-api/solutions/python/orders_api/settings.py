import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says; a missing value ends the program at start, by its name."""

    port: int
    database_url: str
    auth_secret: str

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            port=int(os.environ.get("PORT", "8080")),
            database_url=os.environ["DATABASE_URL"],
            auth_secret=os.environ["AUTH_SECRET"],
        )
