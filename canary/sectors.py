"""The sectors that firms belong to."""

from enum import StrEnum


class Sector(StrEnum):
    """What a firm does, and so which attributes its client records carry."""

    FINANCE = "finance"
    REAL_ESTATE = "real-estate"
    AUTOMOTIVE = "automotive"
    MEDICAL = "medical"
    DELIVERY = "delivery"
    EDUCATION = "education"
    OTHER = "other"
