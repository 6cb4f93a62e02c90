"""What to do for each customer group: the playbook, recommendations, actions and resources."""

from analysis.strategy.playbook import load_playbook
from analysis.strategy.recommend import for_clusters, recommend, top_actions
from analysis.strategy.resources import resource_matrix

__all__ = ["for_clusters", "load_playbook", "recommend", "resource_matrix", "top_actions"]
