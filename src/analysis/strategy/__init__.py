"""What to do for each customer group: the playbook, recommendations, actions and resources."""
