"""The service's own OpenAPI document: made from its routes and models, so that it cannot drift."""

from fastapi import FastAPI

from orders_api.problems import ProblemDetails


def describe(app: FastAPI) -> None:
    generated = app.openapi

    def document() -> dict:
        if app.openapi_schema is None:
            # Problems come from exception handlers, which no route returns.
            schemas = generated()["components"]["schemas"]
            schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
        return app.openapi_schema

    app.openapi = document
