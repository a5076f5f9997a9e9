"""What holds for all lines together: how many there are, and how noisy lines are in general."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from canary.attribution.model import NoisePrior
from canary.attribution.noise import fit_prior
from canary.tables import Contact, Line, LineState, Weight

SAMPLE = 5_000
"""Lines that the prior is fitted on, chosen by their keyed index, hence as good as at random."""
CAUSED = 0.5
"""From this probability on a contact is a leak's and not noise."""
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Measured now and then rather than for each copy."""

    line_count: int
    prior: NoisePrior


def measure_fleet(session: Session, now: datetime) -> Fleet:
    """Count the lines, and fit the noise prior on a sample of them.

    Decoys', quarantined and control lines count alike. A caller that comes again to a line counts
    once there; contacts that a leak caused do not count.
    """
    counted = session.execute(sa.select(sa.func.count()).select_from(Line)).scalar_one()
    caused = (
        sa.select(col(Weight.contact_id))
        .where(col(Weight.contact_id) == col(Contact.id), col(Weight.probability) >= CAUSED)
        .correlate(Contact)
        .exists()
    )
    sample = (
        sa.select(col(Line.id), col(Line.acquired_at))
        .where(col(Line.state) != LineState.RELEASED)
        .order_by(col(Line.number_index))
        .limit(SAMPLE)
        .subquery()
    )
    withheld = sa.case((col(Contact.caller_index).is_(None), col(Contact.id)))
    noise = (
        sa.select(
            sample.c.acquired_at,
            sa.func.count(sa.distinct(col(Contact.caller_index)))
            + sa.func.count(sa.distinct(withheld)),
        )
        .select_from(sample)
        .outerjoin(Contact, sa.and_(col(Contact.line_id) == sample.c.id, sa.not_(caused)))
        .group_by(sample.c.id, sample.c.acquired_at)
    )
    pairs = [
        (float(contacts), max((now - heard_from).total_seconds() / DAY_S, 0.0))
        for heard_from, contacts in session.execute(noise)
    ]
    return Fleet(counted, fit_prior(pairs))
