import numpy as np
import pytest

from canary.attribution.assumptions import DEFAULT, Assumptions
from canary.attribution.cells import FOREVER, Cells, boundaries
from canary.attribution.dates import interval, spread
from canary.attribution.days import to_days, to_instant
from canary.attribution.grid import Grid, delay_integral, joint_delay
from canary.attribution.series import LIMIT, sum_log1p
from canary.attribution.suspect import Message, Suspect
from tests.unit.attribution.worlds import Builder, day, lines_of, monthly


def cells_of(builder: Builder, copy: str = "copy_a") -> Cells:
    return Cells([e for e in builder.exposures if e.copy == copy], DEFAULT)


def test_instants_and_days_are_inverse() -> None:
    assert to_instant(to_days(day(12.25))) == day(12.25)


def test_cells_count_the_decoys_that_stood() -> None:
    builder = Builder().copy("copy_a").add_lines([*lines_of(0), *lines_of(1)])
    builder.seed("copy_a", lines_of(0), 0.0, retired=60.0).seed("copy_a", lines_of(1), 30.0)
    cells = cells_of(builder)
    assert (cells.edges[:-1] - to_days(day(0.0))).tolist() == pytest.approx([0.0, 30.0, 60.0])
    assert cells.edges[-1] == FOREVER
    assert cells.sizes.tolist() == [10.0, 20.0, 10.0]
    assert cells.membership("line_0_3").tolist() == [True, True, False]
    assert cells.membership("no_such_line").tolist() == [False, False, False]
    assert cells.leading[:, 1].tolist() == [10.0, 20.0, 20.0]
    assert cells.reach[:, 1].tolist() == [0.5, 0.5, 0.0]
    assert cells.before(to_days(day(30.0))) == 1


def test_a_line_may_hold_two_decoys_of_one_copy_one_after_the_other() -> None:
    builder = Builder().copy("copy_a").add_lines(["line", "other"])
    builder.seed("copy_a", ["line"], 0.0, retired=10.0).seed("copy_a", ["other"], 0.0)
    builder.seed("copy_a", ["line"], 20.0)
    cells = cells_of(builder)
    assert cells.membership("line").tolist() == [True, False, True]
    assert cells.memberships(["other", "line", "nowhere"]).tolist() == [
        [True, True, True],
        [True, False, True],
        [False, False, False],
    ]


def test_boundaries_are_merged_until_there_are_few_enough() -> None:
    cuts = np.arange(0.0, 400.0)
    assert len(boundaries(cuts, Assumptions(cell_limit=50))) <= 50
    assert boundaries(cuts, Assumptions(cell_limit=500)).tolist() == cuts.tolist()


def test_a_dripped_seeding_is_a_bounded_number_of_cells() -> None:
    builder = Builder().copy("copy_a")
    for number in range(365):
        builder.seed("copy_a", [f"line_{number}"], float(number))
    assert cells_of(builder).count <= DEFAULT.cell_limit


def test_the_delay_measure_is_the_double_integral_of_its_density() -> None:
    delays = ((1.0, 30.0),)
    step = 0.05
    onset = np.arange(10.0, 17.0, step) + step / 2
    leak = np.arange(0.0, 12.0, step) + step / 2
    gap = onset[:, None] - leak
    density = np.where(gap > 0, 30.0 / (30.0 + np.maximum(gap, 0.0)) ** 2, 0.0)
    exact = joint_delay((np.array(10.0), np.array(17.0)), (np.array(0.0), np.array(12.0)), delays)
    assert float(exact) == pytest.approx(float(density.sum()) * step * step, rel=1e-2)
    assert float(delay_integral(np.array(-5.0), delays)) == 0.0


def test_the_series_equals_the_sum_of_logarithms() -> None:
    made = np.random.default_rng(1)
    shares, odds = made.uniform(0.0, 0.05, (30, 2, 9)), made.uniform(0.0, 1.5, (30, 7))
    sizes = np.array([1.5, 6.0, 24.0, 96.0])
    ratio = shares[:, :, :, None] * odds[:, None, None, :]
    exact = np.log1p(sizes[:, None, None, None, None] * ratio).sum(axis=1)
    assert float((sizes.max() * ratio).max()) < LIMIT
    assert np.allclose(sum_log1p(shares, odds, sizes), exact, atol=1e-4)


def grid() -> Grid:
    return Grid(cells_of(monthly()), to_days(day(400.0)), DEFAULT)


def test_many_campaigns_weigh_what_each_weighs_alone() -> None:
    laid, made = grid(), np.random.default_rng(2)
    at = to_days(day(0.0)) + made.uniform(20.0, 390.0, 40)
    odds = made.uniform(0.0, 1.0, (40, laid.cells.count)) * made.choice([0.01, 1.0, 1e6], (40, 1))
    each = sum(laid.weigh(at[[n]], odds[[n]]) for n in range(40))
    assert np.allclose(laid.weigh(at, odds), each, atol=1e-4)


def test_the_posterior_sums_to_one_and_starts_at_the_prior() -> None:
    laid = grid()
    for at in (1.0, 50.0, 399.0):
        joint = laid.joint(to_days(day(at)))
        assert joint.leaked + joint.unseen + joint.none == pytest.approx(1.0)
    year = laid.joint(to_days(day(365.25)))
    assert year.none > np.exp(-0.05)


def test_an_old_copy_has_longer_onset_steps() -> None:
    laid = Grid(cells_of(monthly()), to_days(day(20_000.0)), DEFAULT)
    assert len(laid.onsets) <= DEFAULT.onset_steps + 2
    assert laid.step > DEFAULT.onset_step


def test_a_time_without_any_decoy_cannot_hold_the_leak() -> None:
    builder = Builder().copy("copy_a").seed("copy_a", ["line"], 0.0, retired=50.0)
    builder.seed("copy_a", ["line"], 100.0)
    laid = Grid(cells_of(builder), to_days(day(200.0)), DEFAULT)
    table = laid.by_onset_and_cell(laid.joint(to_days(day(200.0))))
    assert table[:, 1].sum() == 0.0
    assert table[:, 0].sum() > 0.0


def test_without_contacts_the_date_is_spread_over_the_copys_life() -> None:
    laid, now = grid(), to_days(day(300.0))
    found = interval(spread(laid, laid.joint(now), now), now)
    assert found.lo < day(60.0)
    assert found.hi > day(240.0)


def test_a_suspect_forgets_a_withdrawn_message_and_weighs_a_changed_one_anew() -> None:
    exposures = [e for e in monthly().exposures if e.copy == "copy_a"]
    now = to_days(day(250.0))
    suspect = Suspect("copy_a", exposures, now, DEFAULT)
    silent = suspect.joint(now).leaked
    strong = Message(to_days(day(200.0)), np.full(suspect.cells.count, 1e8), float(np.log(1e8)))
    weak = Message(to_days(day(200.0)), np.full(suspect.cells.count, 10.0), float(np.log(10.0)))
    suspect.hear({1: strong})
    assert np.exp(suspect.log_odds_bound()) > 1.0
    certain = suspect.joint(now).leaked
    assert suspect.joint(now) is suspect.joint(now)
    assert certain > 0.9
    assert suspect.joint_of(now, {1: strong}).leaked == certain
    suspect.hear({1: weak, 2: weak})
    assert suspect.log_odds_bound() == np.inf
    both = suspect.joint(now).leaked
    assert silent < both < certain
    assert suspect.joint_of(now, {1: strong, 2: weak}).leaked > certain
    suspect.hear({2: None})
    suspect.hear({1: None})
    assert suspect.joint(now).leaked == pytest.approx(silent)
    assert suspect.caused(suspect.joint(now), {}) == {}
