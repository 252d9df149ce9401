// Class: its parts by the address. A player joins here; a lecturer opens a class, and has a desk and a page for the projector.
import { useEffect } from "preact/hooks";
import { Desk } from "../class/desk";
import { Files } from "../class/files_page";
import { Home } from "../class/home";
import { keepClass, keepSecret, takeKept } from "../class/lecturer";
import { RoomTest } from "../class/room_test";
import { Screen } from "../class/screen";
import { takeUp } from "../match";
import { brought, part } from "../store";

/** Take what a link brought, and leave nothing of it in the address. */
function takeBrought(): void {
  takeKept();
  const asked = brought.value;
  const secret = asked.get("lecturer");
  if (secret) keepSecret(secret.slice(0, 100));
  const [code, key] = [asked.get("class"), asked.get("key")];
  if (code && key) {
    keepClass(code.slice(0, 20).toUpperCase(), key.slice(0, 100));
    part.value = `desk/${code.slice(0, 20).toUpperCase()}`;
  }
}

export function ClassPage() {
  takeKept();
  useEffect(() => {
    takeUp();
    takeBrought();
  }, [brought.value]);
  const [view, code = ""] = part.value.split("/");
  if (view === "desk") return <Desk key={code} code={code.toUpperCase()} />;
  if (view === "screen") return <Screen key={code} code={code.toUpperCase()} />;
  if (view === "room") return <RoomTest />;
  if (view === "files") return <Files />;
  return <Home asked={(brought.value.get("join") ?? "").slice(0, 20)} />;
}
