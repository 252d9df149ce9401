"""The organisation as Mesa's ``SpaceRenderer`` draws it: staff and leaders by conviction, customers by satisfaction."""

from __future__ import annotations

import math
from typing import Any

import matplotlib
from matplotlib import pyplot as plt
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_hex
from mesa.visualization import SpaceRenderer
from mesa.visualization.components import AgentPortrayalStyle

from ccsim.simulation.agents import Customer, Employee, Leader
from ccsim.simulation.collected import CollectedOrganisation

SCALE = matplotlib.colormaps["viridis"]
#: Colours of 0 to 100 per cent. Mesa 3.5 forgets a colour map at Reset, so each person comes with a colour.
COLOURS = tuple(to_hex(SCALE(step / 100)) for step in range(101))
#: Marker and size (as a share of the place) of each kind of person, and of champions.
LOOKS = {Employee: ("o", 0.8), Leader: ("s", 1.1), Customer: (".", 0.8)}
CHAMPION = ("*", 1.3)
LEGEND = (
    ("s", "leader, by conviction"), ("o", "member of staff, by conviction"), ("*", "champion"),
    (".", "customer, by satisfaction"),
)  # fmt: skip
#: Points on paper between the left and the right edge of the drawing.
WIDTH = 360.0


def portray(agent: Any) -> AgentPortrayalStyle:
    """Return how to draw a person.

    Args:
        agent: a person who has a place on the floor of the model.

    Returns:
        Position, marker, size and colour in Mesa's format.
    """
    floor = agent.model.grid
    x, y = floor.place_of(agent)
    marker, share = LOOKS[type(agent)]
    if isinstance(agent, Employee) and agent.champion > 0:
        marker, share = CHAMPION
    value = agent.satisfaction if isinstance(agent, Customer) else agent.conviction
    size = max(4.0, (share * WIDTH / floor.width) ** 2)
    return AgentPortrayalStyle(x=x, y=y, color=COLOURS[_percent(value)], marker=marker, size=size, linewidths=0)


def _percent(value: float) -> int:
    return min(100, max(0, round(100 * value))) if math.isfinite(value) else 0


class FloorRenderer(SpaceRenderer):
    """Mesa's renderer of spaces, for the floor of an organisation.

    Args:
        model: the organisation.
        backend: ``"matplotlib"``; Mesa's other one loads parts from the network.
    """

    def __init__(self, model: CollectedOrganisation, backend: str = "matplotlib") -> None:
        matplotlib.use("agg")
        super().__init__(model, backend=backend)
        # pyplot would keep the figure of every reset.
        plt.close(self.canvas.get_figure())
        if hasattr(self, "setup_agents"):
            self.setup_agents(portray)
            self.draw_agents()
        else:
            self.draw_agents(portray)

    @property
    def post_process(self) -> Any:
        """Prepare the axes once: names of the blocks, scale and legend."""
        return self._name_parts

    def _name_parts(self, panel: Any) -> None:
        floor = self.space
        panel.set_axis_off()
        panel.set_xlim(-1, floor.width)
        panel.set_ylim(-1, floor.height)
        for text, x, y in floor.labels:
            panel.text(x, y, text, ha="center", va="center", fontsize=7, color="0.35")
        shown = "" if floor.one_in == 1 else f"; one customer in {floor.one_in} is drawn"
        panel.set_title(f"The organisation{shown}", fontsize=10)
        bar = panel.get_figure().colorbar(ScalarMappable(Normalize(0, 100), SCALE), ax=panel, shrink=0.7)
        bar.set_label("%", rotation=0)
        handles = [
            plt.Line2D([], [], marker=marker, linestyle="", color="0.4", label=label) for marker, label in LEGEND
        ]
        panel.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, fontsize=7, frameon=False)
