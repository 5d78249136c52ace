"""Gives schemathesis bodies that are messages of the exchange: those in the folder `QUIPU_MESSAGES`."""

import os
import pathlib

import schemathesis
from hypothesis import strategies

messages = [path.read_bytes() for path in sorted(pathlib.Path(os.environ["QUIPU_MESSAGES"]).iterdir())]


@schemathesis.deserializer("application/vnd.quipu.exchange", "application/octet-stream")
def read_bytes(ctx, response):
    """A message, or the content of an attachment, is bytes; as a text of as many characters its length can be held against the description."""
    return response.content.decode("latin-1")


schemathesis.openapi.media_type("application/vnd.quipu.exchange", strategies.sampled_from(messages))
