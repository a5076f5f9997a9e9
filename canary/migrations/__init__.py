"""The history of the schema, one file a revision; drafted by `make migration` and read through."""
