"""Watches a replay for the moment at which each copy's probability reaches the alarm."""

from math import inf, log

from canary.attribution.days import to_days
from canary.attribution.grid import TINY
from canary.attribution.model import Contact
from canary.attribution.replay import Replay
from canary.attribution.verdict import judge, may_be_merged

ALARM = 0.99
DOUBT = 0.5  # judged alone below this, a copy is not judged among its rivals
GROWTH = 1.1  # a merged campaign is judged again when it has grown by that factor


def log_odds(probability: float) -> float:
    """Return the log odds of a probability."""
    return log(max(probability, TINY) / max(1.0 - probability, TINY))


class Watch:
    """Folds contacts in and notes when each copy was first judged at or above the alarm.

    Judging among rivals is the costly part. A copy is judged when its odds alone allow the alarm,
    and again when they have grown by what it lacked; or when a campaign that may have used merged
    lists grows.
    """

    def __init__(self, replay: Replay) -> None:
        """Start with no alarm."""
        self.replay = replay
        self.alarms: dict[str, Contact] = {}
        self._lacking: dict[str, float] = {}
        self._grown: dict[tuple[str, int], float] = {}

    def fold(self, contact: Contact) -> None:
        """Fold in the next contact and judge the copies that it may bring to the alarm."""
        at = to_days(contact.at)
        for copy in self.replay.fold(contact):
            if copy in self.alarms:
                continue
            merged = self._merged_has_grown(copy, contact)
            if (merged or self._alone_allows(copy, at)) and self._judge(copy, at) >= ALARM:
                self.alarms[copy] = contact

    def _merged_has_grown(self, copy: str, contact: Contact) -> bool:
        campaign = self.replay.campaign_of[contact.id]
        rivals = [rival for rival in self.replay.best_covers(campaign) if rival != copy]
        if not rivals or not may_be_merged(campaign, copy, rivals):
            return False
        key, touches = (copy, campaign.number), float(len(campaign.touches))
        if touches < self._grown.get(key, 0.0):
            return False
        self._grown[key] = touches * GROWTH
        return True

    def _alone_allows(self, copy: str, at: float) -> bool:
        suspect = self.replay.suspect(copy)
        if suspect.log_odds_bound() < log_odds(ALARM):
            return False
        leaked = suspect.joint(at).leaked
        return leaked >= DOUBT and log_odds(leaked) >= self._lacking.get(copy, -inf)

    def _judge(self, copy: str, at: float) -> float:
        verdict = judge(self.replay, copy, at)
        alone = verdict.suspect.joint(at).leaked
        lacking = log_odds(ALARM) - log_odds(verdict.probability)
        self._lacking[copy] = log_odds(alone) + lacking
        return verdict.probability
