"""The floor: a bare FastAPI endpoint that checks the same signature and stores nothing."""

import sys
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response
from twilio.request_validator import RequestValidator

from tests.served import PUBLIC, ROUTE, TOKEN

app = FastAPI()
validator = RequestValidator(TOKEN)


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the program runs."""
    return {"status": "ok"}


@app.post(ROUTE)
async def message(request: Request, x_twilio_signature: Annotated[str, Header()]) -> Response:
    """Read the form, check it with twilio's own validator, and forget it."""
    form = await request.form()
    if not validator.validate(f"{PUBLIC}{ROUTE}", form, x_twilio_signature):
        raise HTTPException(403)
    return Response("<Response/>", media_type="text/xml")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
