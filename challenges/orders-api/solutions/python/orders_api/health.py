from http import HTTPStatus

from fastapi import APIRouter

from orders_api.database import Pool

router = APIRouter()


@router.get("/health", status_code=HTTPStatus.OK)
async def health(pool: Pool) -> dict[str, str]:
    """Answers 200 while orders can be served, which takes the database."""
    await pool.execute("select 1", timeout=2)
    return {"status": "ok"}
