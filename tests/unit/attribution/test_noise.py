from datetime import timedelta

import numpy as np
import pytest

from canary.attribution.assumptions import DEFAULT
from canary.attribution.days import to_days
from canary.attribution.model import Contact, NoisePrior
from canary.attribution.noise import Neighbourhood, Noise, fit_prior
from canary.attribution.posterior import attribute
from canary.attribution.walks import Walk
from tests.unit.attribution.worlds import Builder, call, day, lines_of


def test_the_fit_finds_the_rate_and_shape_that_made_the_counts() -> None:
    made = np.random.default_rng(5)
    days = made.uniform(100.0, 400.0, 4000)
    counts = made.poisson(made.gamma(0.7, 0.03 / 0.7, 4000) * days)
    prior = fit_prior(zip(counts.tolist(), days.tolist(), strict=True))
    assert prior.shape == pytest.approx(0.7, rel=0.1)
    assert prior.shape / prior.rate == pytest.approx(0.03, rel=0.1)


@pytest.mark.parametrize(
    "pairs", [[], [(100.0, 10.0)] * 19, [(0.0, 10.0)] * 100, [(5.0, 0.0)] * 100]
)
def test_too_few_lines_or_contacts_keep_the_built_in_prior(
    pairs: list[tuple[float, float]],
) -> None:
    assert fit_prior(pairs) == NoisePrior()


def test_lines_all_alike_give_a_narrow_prior() -> None:
    prior = fit_prior([(10.0, 100.0)] * 50)
    assert prior.shape == 50.0
    assert prior.shape / prior.rate == pytest.approx(0.1)


def noise_of(builder: Builder) -> Noise:
    world = builder.world()
    around = Neighbourhood(world.lines)
    for exposure in world.exposures:
        firm = world.copies[exposure.copy].firm
        around.own(exposure.line, firm, to_days(exposure.planted_at))
    return Noise(world.lines, around, world.prior, DEFAULT)


def block_of_two_firms() -> Builder:
    """One block in which every second line is the other firm's."""
    builder = Builder().copy("copy_a").copy("copy_b", "firm_b")
    for pair in zip(lines_of(0, 20), lines_of(1, 20), strict=True):
        builder.add_lines(pair, "block_x")
    return builder.seed("copy_a", lines_of(0, 20), 0.0).seed("copy_b", lines_of(1, 20), 0.0)


def test_a_line_is_quieter_the_longer_it_was_heard_in_silence() -> None:
    noise = noise_of(block_of_two_firms())
    rates = [noise.rate("line_0_0", to_days(day(at)))[0] for at in (0.0, 100.0, 700.0)]
    assert rates[0] > rates[1] > rates[2]
    assert noise.rate("line_0_0", to_days(day(0.0)))[1] == 1.0


def test_a_contact_excites_its_line_for_a_while() -> None:
    noise = noise_of(block_of_two_firms())
    quiet = noise.rate("line_0_0", to_days(day(50.0)))[0]
    noise.record("line_0_0", to_days(day(50.0)), 0.0, 0)
    soon = noise.rate("line_0_0", to_days(day(53.0)))[0]
    late = noise.rate("line_0_0", to_days(day(120.0)))[0]
    assert soon > 2 * quiet
    assert late < 1.2 * quiet


def test_other_firms_lines_make_a_surge_and_the_firms_own_far_less() -> None:
    surges = []
    for firm in (1, 0):
        noise = noise_of(block_of_two_firms())
        for number in range(10):
            line = lines_of(firm, 20)[number + 1]
            noise.record(line, to_days(day(50.0 + number / 100)), 1.0, number)
        surges.append(noise.rate("line_0_0", to_days(day(50.2)))[1])
    assert surges[0] > DEFAULT.storm
    assert surges[1] < 0.7 * surges[0]


def test_a_storm_on_the_block_gives_anonymous_contacts_no_weight() -> None:
    builder = block_of_two_firms().add_lines(f"control_{n}" for n in range(200))
    lines = [*lines_of(1, 20), *lines_of(0, 20)]
    contacts = [call(n, 50.0 + n / 200, line, f"caller_{n}") for n, line in enumerate(lines)]
    found = attribute(builder.world(contacts), "copy_a", day(51.0))
    assert found.probability < 0.05
    assert any("in a storm" in reason for reason in found.reasons)


def test_contacts_just_before_a_storm_was_noticed_are_withdrawn() -> None:
    builder = block_of_two_firms().add_lines(f"control_{n}" for n in range(200))
    early = [call(n, 50.0, line, f"caller_{n}") for n, line in enumerate(lines_of(0, 20)[:6])]
    storm = [
        call(n + 50, 50.1 + n / 500, line, f"caller_{n + 50}")
        for n, line in enumerate(lines_of(1, 20))
    ]
    before = attribute(builder.world(early), "copy_a", day(51.0))
    after = attribute(builder.world([*early, *storm]), "copy_a", day(51.0))
    assert max(before.contact_probability.values()) > 0.0
    assert max(after.contact_probability.values()) == 0.0


def test_a_decoy_not_yet_planted_counts_as_nobodys() -> None:
    builder = Builder().copy("copy_a").copy("copy_b", "firm_b")
    builder.add_lines(["line"]).seed("copy_a", ["line"], 0.0).seed("copy_b", ["line"], 100.0)
    around = noise_of(builder.add_lines(["control"])).neighbourhood
    assert around.firms_at("control", to_days(day(50.0))) == frozenset()
    assert around.firms_at("line", to_days(day(50.0))) == {"firm_a"}
    assert around.firms_at("line", to_days(day(150.0))) == {"firm_a", "firm_b"}


def test_counts_tell_the_days_heard_and_leave_out_lines_not_yet_heard() -> None:
    noise = noise_of(block_of_two_firms())
    noise.record("line_0_0", to_days(day(10.0)), 1.0, 0)
    counts = noise.counts(to_days(day(10.0)))
    assert len(counts) == 40
    assert max(counts)[0] == 1.0
    assert max(counts)[1] == pytest.approx(100.0)
    assert noise.counts(to_days(day(0.0) - timedelta(days=91))) == []


def test_a_walk_along_numbers_soon_expects_the_next_number() -> None:
    builder = Builder().add_lines([f"run_{n}" for n in range(40)], "block_x")
    builder.add_lines(f"far_{n}" for n in range(400))
    around = Neighbourhood(builder.world().lines)
    walk = Walk("run_0", around, DEFAULT)
    steps = [walk.step(f"run_{n}", 440.0) for n in range(1, 8)]
    assert steps[-1] > steps[0]
    assert walk.step("far_7", 440.0) < 0.01 * steps[-1]


def test_a_lone_contact_that_names_somebody_else_weighs_less_than_one_that_names_nobody() -> None:
    builder = Builder().copy("copy_a").add_lines(lines_of(0)).seed("copy_a", lines_of(0), 0.0)
    builder.add_lines(f"control_{n}" for n in range(50))
    plain = call(0, 300.0, "line_0_0")
    other = Contact("contact_0", day(300.0), "line_0_0", named_decoy="somebody")
    found = [
        attribute(builder.world([c]), "copy_a", day(300.1)).probability for c in (plain, other)
    ]
    assert found[0] == pytest.approx(found[1])
