"""What all lines together say of noise, on both databases."""

import pytest

from canary.attribution.fleet import measure_fleet
from canary.attribution.model import NoisePrior
from canary.database import Database
from canary.tables import Channel
from canary.vault import Vault
from tests.story import Stage, us_number
from tests.world import FrozenClock


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FrozenClock) -> Stage:
    stage = Stage(database, vault, clock)
    stage.lines(40)
    return stage


def test_without_contacts_the_published_noise_is_assumed(stage: Stage) -> None:
    with stage.database.read() as session:
        fleet = measure_fleet(session, stage.clock.now())
    assert (fleet.line_count, fleet.prior) == (40, NoisePrior())


def test_the_prior_is_fitted_to_what_the_lines_hear(stage: Stage) -> None:
    for which in range(1, 41):
        for caller in range(which % 4):  # 60 campaigns on 40 lines in 400 days
            number = us_number(which)
            for _ in range(2):  # coming again counts once
                stage.post(number, None, f"+1415555{which:02d}{caller:02d}", Channel.CALL)
    stage.post(us_number(1), None, None, Channel.CALL)
    with stage.database.read() as session:
        prior = measure_fleet(session, stage.clock.now()).prior
    assert prior.shape / prior.rate == pytest.approx(61 / (40 * 400))


def test_what_a_leak_caused_is_no_noise(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Bank")
    decoys = stage.seed(dataset, 30).decoys
    stage.clock.advance(days=30)
    for decoy in decoys:
        stage.text(decoy, f"Dear {decoy.persona['name']}, call us", "+14155550999")
    with stage.database.read() as session:
        before = measure_fleet(session, stage.clock.now()).prior
    stage.work()
    with stage.database.read() as session:
        after = measure_fleet(session, stage.clock.now()).prior
    assert before != NoisePrior()
    assert after == NoisePrior()
