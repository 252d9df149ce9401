"""The model as plain data and one week: populations, settings, state, the order of the week, KPIs."""
