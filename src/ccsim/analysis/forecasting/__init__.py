"""Forecasts for an organisation of one's own: an ensemble of worlds, fitted, back-tested against naive forecasts."""
