"""Improve the accessibility of Solara's page: language, zoom, names of buttons and pictures."""

from __future__ import annotations

from ccsim.app.pages import Message, Send

#: Replacements for parts of Solara's template.
REPLACEMENTS = {
    b"<html>": b'<html lang="en">',
    b", maximum-scale=1, user-scalable=no, minimal-ui": b"",
}
#: Names what Vuetify and Mesa leave without a name, also what they draw later. A Vuetify list is a button around a field:
#: the field alone keeps the role.
SCRIPT = b"""<script>
(() => {
  const named = (element, words) => element.hasAttribute("aria-label") || element.setAttribute("aria-label", words);
  const mend = () => {
    document.querySelectorAll(".v-app-bar__nav-icon").forEach((icon) => named(icon, "Levers"));
    document.querySelectorAll("button").forEach((button) => button.innerText.trim() || named(button, "Light or dark"));
    document.querySelectorAll(".v-progress-linear").forEach((bar) => {
      for (const name of ["aria-valuemin", "aria-valuemax", "aria-valuenow", "role"]) bar.removeAttribute(name);
    });
    document.querySelectorAll(".v-select > .v-input__control > .v-input__slot").forEach((slot) => {
      const field = slot.querySelector("input");
      if (!field) return;
      for (const name of ["aria-haspopup", "aria-expanded", "aria-owns"]) {
        if (!slot.hasAttribute(name)) continue;
        field.setAttribute(name === "aria-owns" ? "aria-controls" : name, slot.getAttribute(name));
        slot.removeAttribute(name);
      }
      field.setAttribute("role", "combobox");
      slot.removeAttribute("role");
    });
    const plots = document.querySelector(".ccsim-plots");
    const titles = plots ? JSON.parse(plots.textContent || "[]") : [];
    document.querySelectorAll("img.widget-image").forEach((image, number) => (image.alt = titles[number] || "Plot"));
  };
  new MutationObserver(mend).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-valuenow", "aria-expanded", "aria-owns"],
  });
})();
</script>
"""


def with_accessible_markup(send: Send) -> Send:
    """Return a function that answers with the corrected page; other answers are unchanged."""
    starts: list[Message] = []
    parts: list[bytes] = []

    async def send_accessible(message: Message) -> None:
        if message["type"] == "http.response.start":
            kinds = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
            if message["status"] == 200 and kinds and kinds[0].startswith(b"text/html"):
                starts.append(message)
                return
        elif starts:
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(parts)
            for old, new in REPLACEMENTS.items():
                body = body.replace(old, new, 1)
            # In the head, because Vue recreates the body without scripts.
            body = body.replace(b"</head>", SCRIPT + b"</head>", 1)
            start = starts.pop()
            kept = [(name, value) for name, value in start.get("headers", ()) if name.lower() != b"content-length"]
            await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
            message = {"type": "http.response.body", "body": body}
        await send(message)

    return send_accessible
