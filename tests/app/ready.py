"""Sizes of windows, and what is on a page when it is ready."""

PHONE, TABLET, PROJECTOR = (390, 844), (820, 1180), (1280, 720)
#: A page, and what is there when it is ready.
READY = {
    "explore": ".big svg .line.run",
    "compare": ".preset",
    "play": "text=Begin",
    "class": "main.classhome",
    "about": "main.text table",
    "bet": "main.bet input",
    "figure": ".big svg .line.run",
}
