"""From any export to a proposed `dataset.yaml`: what the columns are, how sure that is, and what to look at."""

from analysis.proposal.propose import Proposal, propose

__all__ = ["Proposal", "propose"]
