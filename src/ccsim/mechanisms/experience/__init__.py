"""Experience: how customers judge contacts, and what they tell others."""
