import uvicorn

from orders_api.settings import Settings

if __name__ == "__main__":
    settings = Settings.from_environment()
    uvicorn.run(
        "orders_api.main:app",
        host="0.0.0.0",  # noqa: S104  in a container, the way in is the published port
        port=settings.port,
        access_log=False,
        server_header=False,
    )
