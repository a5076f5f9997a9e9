"""The API under ``/v1``: JSON in, JSON out, problem+json when it goes wrong."""
