"""Campaigns that several copies may explain."""

from dataclasses import replace

import pytest

from canary.attribution.model import Attribution, Contact, Naming, World
from canary.attribution.posterior import attribute
from canary.clock import chance
from tests.unit.attribution.worlds import Builder, call, day, lines_of, naming


def ask(world: World, copy: str, at: float) -> Attribution:
    return attribute(world, copy, day(at))


def blast(lines: list[str], at: float, caller: str = "caller_x") -> list[Contact]:
    """One caller on these lines, in no order."""
    shuffled = list(lines)
    chance(f"{at}/{caller}").shuffle(shuffled)
    return [
        replace(call(0, at + 0.01 * n, line, caller), id=f"{caller}/{n}")
        for n, line in enumerate(shuffled)
    ]


def rotating(lines: list[str], at: float) -> list[Contact]:
    """Every contact from a caller of its own."""
    return [
        contact
        for n, line in enumerate(lines)
        for contact in blast([line], at + 0.05 * n, f"caller_{at}_{n}")
    ]


def firms(count: int, decoys: int = 30) -> Builder:
    builder = Builder()
    for number in range(count):
        lines = lines_of(number, decoys)
        builder.copy(f"copy_{number}", f"firm_{number}").add_lines(lines)
        builder.seed(f"copy_{number}", lines, 0.0)
    return builder.add_lines(f"control_{n}" for n in range(400))


def test_a_campaign_on_two_merged_lists_opens_both_and_no_third() -> None:
    lines = [*lines_of(0, 30)[:12], *lines_of(1, 30)[:12]]
    contacts = [*blast(lines, 100.0), *blast(lines[3:20], 130.0, "caller_y")]
    world = firms(3).world(contacts)
    assert ask(world, "copy_0", 140.0).probability >= 0.99
    assert ask(world, "copy_1", 140.0).probability >= 0.99
    assert ask(world, "copy_2", 140.0).probability < 0.5


def test_a_dialler_all_over_the_platform_opens_nothing() -> None:
    lines = [lines_of(firm, 30)[n] for n in range(4) for firm in range(15)]
    world = firms(15).world(blast(lines, 100.0))
    assert max(ask(world, f"copy_{n}", 120.0).probability for n in range(15)) < 0.5


def shared_lines(firms_count: int = 3) -> Builder:
    """Firms whose decoys stand on each other's lines: the first shares ten with each other."""
    builder = Builder()
    own = lines_of(0, 30)
    builder.copy("copy_0", "firm_0").add_lines(own).seed("copy_0", own, 0.0)
    for number in range(1, firms_count):
        lines = lines_of(number, 20)
        builder.copy(f"copy_{number}", f"firm_{number}").add_lines(lines)
        builder.seed(f"copy_{number}", [*lines, *own[10 * number - 10 : 10 * number]], 0.0)
    return builder.add_lines(f"control_{n}" for n in range(300))


@pytest.mark.parametrize("spread", [blast, rotating])
def test_on_shared_lines_the_copy_that_explains_all_contacts_is_the_one(spread: object) -> None:
    lines = lines_of(0, 30)
    contacts = blast(lines, 100.0) if spread is blast else rotating(lines, 100.0)
    world = shared_lines().world(contacts)
    assert ask(world, "copy_0", 110.0).probability >= 0.99
    assert ask(world, "copy_1", 110.0).probability < 0.5
    assert ask(world, "copy_2", 110.0).probability < 0.5


def test_a_named_persona_ties_a_shared_line_to_its_own_copy() -> None:
    builder = shared_lines()
    decoys = {e.line: e.decoy for e in builder.exposures if e.copy == "copy_1"}
    for number, exposure in enumerate(builder.exposures):
        builder.exposures[number] = replace(exposure, decoy=f"{exposure.copy}/{exposure.decoy}")
    contacts = [
        naming(n, 100.0 + n, line, f"copy_1/{decoys[line]}")
        for n, line in enumerate(lines_of(0, 30)[:3])
    ]
    world = builder.world(contacts)
    assert ask(world, "copy_1", 105.0).probability >= 0.99
    assert ask(world, "copy_0", 105.0).probability < 0.05


def nested(own: int = 20) -> Builder:
    """An origin's decoys in two recipients' copies, each with some of its own."""
    builder = Builder().copy("origin").copy("copy_1", origin="origin")
    builder.copy("copy_2", origin="origin")
    builder.add_lines(lines_of(0, 30)).seed("origin", lines_of(0, 30), 0.0)
    for number in (1, 2):
        builder.add_lines(lines_of(number, own))
        builder.seed(f"copy_{number}", lines_of(0, 30), 10.0)
        builder.seed(f"copy_{number}", lines_of(number, own), 10.0)
    builder.exposures = [replace(e, decoy=f"decoy_{e.line}") for e in builder.exposures]
    return builder.add_lines(f"control_{n}" for n in range(300))


@pytest.mark.parametrize("rotate", [False, True])
def test_the_recipients_own_decoys_tell_its_copy_from_the_origin(*, rotate: bool) -> None:
    lines = [*lines_of(0, 30)[:20], *lines_of(1, 20)[:14]]
    world = nested().world(rotating(lines, 100.0) if rotate else blast(lines, 100.0))
    assert ask(world, "copy_1", 110.0).probability >= 0.99
    assert ask(world, "origin", 110.0).probability < 0.05
    assert ask(world, "copy_2", 110.0).probability < 0.05


def test_silence_of_every_recipients_own_decoys_points_to_the_origin() -> None:
    world = nested().world([*blast(lines_of(0, 30), 100.0), *blast(lines_of(0, 30), 120.0, "y")])
    assert ask(world, "origin", 130.0).probability >= 0.99
    assert ask(world, "copy_1", 130.0).probability < 0.05


def test_of_copies_that_cannot_be_told_apart_the_origin_answers_and_each_says_so() -> None:
    world = nested(own=0).world(blast(lines_of(0, 30)[:20], 100.0))
    found = [ask(world, copy, 110.0) for copy in ("origin", "copy_1", "copy_2")]
    assert found[0].probability >= 0.99
    assert found[1].probability == pytest.approx(found[2].probability, rel=1e-6)
    assert 0.2 < found[1].probability < 0.5
    assert "copy_2" in found[1].reasons[0]
    assert "one of them leaked" in found[0].reasons[0]


def test_stamped_copies_that_share_half_of_their_decoys_are_told_apart() -> None:
    builder, pick = Builder(), chance(3)
    for number in range(5):
        lines = lines_of(number, 20)
        builder.copy(f"copy_{number}").add_lines(lines).seed(f"copy_{number}", lines, 0.0)
        for other in set(range(5)) - {number}:
            builder.seed(f"copy_{other}", [line for line in lines if pick.random() < 0.5], 0.0)
    builder.add_lines(f"control_{n}" for n in range(300))
    held = sorted({e.line for e in builder.exposures if e.copy == "copy_3"})
    for contacts in (blast(held[::2], 90.0), rotating(held[::2], 90.0)):
        world = builder.world(contacts)
        found = {copy: ask(world, copy, 100.0).probability for copy in builder.copies}
        assert found.pop("copy_3") >= 0.99
        assert max(found.values()) < 0.05


def test_two_copies_of_one_firm_that_both_leaked_are_both_opened() -> None:
    first = [*lines_of(0, 30)[:20], *lines_of(1, 20)[:16]]
    second = [*lines_of(0, 30)[8:28], *lines_of(2, 20)[:16]]
    contacts = [*blast(first, 100.0), *blast(second, 130.0, "caller_y")]
    world = nested().world(contacts)
    assert ask(world, "copy_1", 140.0).probability >= 0.9
    assert ask(world, "copy_2", 140.0).probability >= 0.9


def test_a_lone_contact_on_a_shared_decoy_opens_no_copy() -> None:
    world = nested().world([call(0, 100.0, "line_0_3")])
    found = [ask(world, copy, 100.1).probability for copy in ("origin", "copy_1", "copy_2")]
    assert max(found) < 0.5


def test_two_contacts_that_a_known_leak_explains_open_no_other_copy() -> None:
    lines = lines_of(0, 30)
    contacts = [*blast(lines[10:], 100.0), *blast(lines[:2], 104.0, "caller_y")]
    world = shared_lines().world(contacts)
    assert ask(world, "copy_0", 110.0).probability >= 0.99
    assert ask(world, "copy_1", 110.0).probability < 0.1


def test_a_contact_for_somebody_else_on_a_shared_line_says_nothing() -> None:
    other = Contact("contact_0", day(5.0), "line_0_3", names=Naming.OTHER)
    world = shared_lines().world([other])
    assert ask(world, "copy_0", 6.0).probability < 0.01
