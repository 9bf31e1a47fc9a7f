import uvicorn

from orders_api import logs
from orders_api.settings import Settings

if __name__ == "__main__":
    settings = Settings.from_environment()
    logs.install()
    uvicorn.run(
        "orders_api.main:service",
        host="0.0.0.0",  # noqa: S104  in a container, the way in is the published port
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
    )
