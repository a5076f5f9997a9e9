"""Folds contacts in, in time order, and weighs what they say of each copy.

``attribute`` folds a whole world and asks once; a backtest folds one contact and asks at once. Both
run the same code and, from the same contacts, give the same answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import exp, log

from canary.attribution.assumptions import DEFAULT, Assumptions
from canary.attribution.campaigns import Campaign, Grouping, Touch
from canary.attribution.days import to_days
from canary.attribution.evidence import Trail, capped, log_odds_alone, lone_odds
from canary.attribution.grid import TINY
from canary.attribution.model import Contact, Exposure, Naming, NoisePrior, World
from canary.attribution.noise import Neighbourhood, Noise
from canary.attribution.suspect import Message, Suspect
from canary.attribution.walks import Walk

SUSPICION = 1e-3  # how many campaigns are taken for a leak's before they are weighed


class Replay:
    """The contacts folded so far, and the copies they bear on.

    Args:
        world: the lines, copies and exposures; its contacts are not folded by themselves.
        until: the last day (days since 1970) that will be asked about.
        assumed: the model's constants.
    """

    def __init__(self, world: World, until: float, assumed: Assumptions = DEFAULT) -> None:
        """Index the world's lines and exposures."""
        self.world = world
        self.until = until
        self.assumed = assumed
        self.exposures: dict[str, list[Exposure]] = defaultdict(list)
        self._on_line: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self._holders: dict[str, set[str]] = defaultdict(set)
        self.neighbourhood = Neighbourhood(world.lines)
        for exposure in world.exposures:
            self._place(exposure)
        self.noise = Noise(world.lines, self.neighbourhood, world.prior, assumed)
        self.grouping = Grouping(assumed)
        self._walks: dict[int, Walk] = {}
        self._suspects: dict[str, Suspect] = {}
        self._stale: dict[str, set[int]] = defaultdict(set)
        self._touching: dict[str, set[int]] = defaultdict(set)
        self.campaign_of: dict[str, Campaign] = {}

    def _place(self, exposure: Exposure) -> None:
        if exposure.copy not in self.world.copies:
            return
        planted = to_days(exposure.planted_at)
        self.exposures[exposure.copy].append(exposure)
        self._on_line[exposure.line].append((exposure.copy, planted))
        self._holders[exposure.decoy].add(exposure.copy)
        self.neighbourhood.own(exposure.line, self.world.copies[exposure.copy].firm, planted)

    def adopt(self, prior: NoisePrior) -> None:
        """Take another prior of the lines' noise for the contacts still to come."""
        self.noise.prior = prior

    def fold(self, contact: Contact) -> tuple[str, ...]:
        """Fold in the next contact; return the copies whose odds it changes."""
        if contact.line not in self.world.lines:
            return ()
        at = to_days(contact.at)
        campaign, fresh = self.grouping.join(contact, at)
        self.campaign_of[contact.id] = campaign
        if not fresh:
            return ()
        rate, surge = self.noise.rate(contact.line, at)
        self._touch(campaign, contact, at, rate)
        if surge > self.assumed.storm:
            self._mute(campaign, contact.line, at, surge)
        self.noise.record(contact.line, at, self._noise_weight(campaign), campaign.number)
        for copy in campaign.covers:
            self._stale[copy].add(campaign.number)
        return tuple(campaign.covers)

    def fold_all(self, contacts: Iterable[Contact]) -> None:
        """Fold in contacts that are given in time order."""
        for contact in contacts:
            self.fold(contact)

    def _touch(self, campaign: Campaign, contact: Contact, at: float, rate: float) -> None:
        lines = max(1.0, self.world.line_count * self.noise.live_share(at))
        if not campaign.touches:
            campaign.noise_rate, campaign.line_chance = rate, 1.0 / lines
            self._walks[campaign.number] = Walk(contact.line, self.neighbourhood, self.assumed)
            chance = rate
        else:
            chance = self._walks[campaign.number].step(contact.line, lines)
        only = None
        if contact.names in (Naming.FULL, Naming.PART) and contact.named_decoy is not None:
            only = frozenset(self._holders.get(contact.named_decoy, ()))
        content = self.assumed.log_content(contact.names)
        touch = Touch(contact.line, at, chance, content, only)
        campaign.touches.append(touch)
        self._cover(campaign, touch)

    def _cover(self, campaign: Campaign, touch: Touch) -> None:
        """Note which copies hold the touched decoy, and how suspicious that is at a glance."""
        index, begun = len(campaign.touches) - 1, campaign.first_at
        reached = {
            copy
            for copy, planted in self._on_line.get(touch.line, ())
            if planted < begun and (touch.only is None or copy in touch.only)
        }
        stray = log(self.assumed.stray)
        missed = stray + min(touch.content, 0.0)
        for copy in campaign.covers.keys() - reached:
            campaign.scores[copy] += missed
        for copy in reached:
            if copy not in campaign.covers:
                campaign.scores[copy] = stray * index
            campaign.covers.setdefault(copy, []).append(index)
            gain = -log(len(self.exposures[copy]) * touch.chance) if index else 0.0
            campaign.scores[copy] += gain + touch.content

    def _noise_weight(self, campaign: Campaign) -> float:
        """Return how far the campaign's newest touch counts as noise of its line."""
        if campaign.anonymous or not campaign.scores:
            return 1.0
        best = min(max(campaign.scores.values()), 50.0)
        return 1.0 / (1.0 + SUSPICION * exp(best))

    def _mute(self, campaign: Campaign, line: str, at: float, surge: float) -> None:
        """Silence the lone anonymous contacts of the last day around the line."""
        campaign.muted = True
        everywhere = surge > 3 * self.assumed.storm
        for number, near in self.noise.around(line, at - 1.0):
            other = self.grouping.campaigns[number]
            if (near or everywhere) and other.anonymous and not other.muted:
                other.muted = True
                for copy in other.covers:
                    self._stale[copy].add(number)

    def suspect(self, copy: str) -> Suspect:
        """Return a copy that has decoys, judged alone, with every campaign heard."""
        if copy not in self._suspects:
            known = Suspect(copy, self.exposures[copy], self.until, self.assumed)
            self._suspects[copy] = known
        suspect = self._suspects[copy]
        stale = self._stale.pop(copy, None)
        if stale:
            suspect.hear(self._messages(suspect, sorted(stale)))
            self._touching[copy].update(stale)
        return suspect

    def touching(self, copy: str) -> list[Campaign]:
        """Return the campaigns that reach the copy and carry evidence, in time order."""
        self.suspect(copy)
        campaigns = (self.grouping.campaigns[number] for number in sorted(self._touching[copy]))
        return [c for c in campaigns if not (c.silenced or self._dialler(c))]

    def _messages(self, suspect: Suspect, numbers: Iterable[int]) -> dict[int, Message | None]:
        messages: dict[int, Message | None] = {}
        lone: list[Campaign] = []
        for number in numbers:
            campaign = self.grouping.campaigns[number]
            if campaign.silenced or self._dialler(campaign):
                messages[number] = None
            elif len(campaign.touches) == 1:
                lone.append(campaign)
            else:
                messages[number] = self._message(suspect, campaign)
        if lone:
            odds = lone_odds(lone, suspect.cells, suspect.copy, self.assumed)
            for campaign, row in zip(lone, odds, strict=True):
                peak = log(max(float(row.max()), TINY))
                messages[campaign.number] = Message(campaign.first_at, row, peak)
        return messages

    def _message(self, suspect: Suspect, campaign: Campaign) -> Message:
        trail = Trail.of(campaign, self.assumed)
        log_q = log_odds_alone(campaign, trail, suspect.cells, suspect.copy, self.assumed)
        odds, peak = capped(log_q, campaign, suspect.cells, self.assumed)
        return Message(campaign.first_at, odds, peak)

    def _dialler(self, campaign: Campaign) -> bool:
        """Tell whether it reaches lines all over: few of them covered by the best copies."""
        touches = len(campaign.touches)
        if touches <= self.assumed.dialler_touches:
            return False
        best = self.best_covers(campaign)
        covered = len(set().union(*(campaign.covers[copy] for copy in best)))
        return covered < self.assumed.dialler_share * touches

    def best_covers(self, campaign: Campaign) -> list[str]:
        """Return the copies that hold most of the touched decoys, the best first."""
        covers = campaign.covers
        best = sorted(covers, key=lambda copy: (-len(covers[copy]), copy))
        return best[: self.assumed.rivals]
