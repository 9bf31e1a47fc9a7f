"""How every request body is read."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """Types are taken at their word (`"3"` is no number), and unknown fields are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
