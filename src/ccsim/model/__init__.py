"""The model as plain data: populations, settings, state, the order of the week, KPIs."""
