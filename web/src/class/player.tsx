// What a player in a class sees besides the game: whether the class has what was played, and the place in the ranking.
import { useSignal } from "@preact/signals";
import { match, played } from "../match";
import { model } from "../store";
import { number, t, titleOf } from "../words";
import { save } from "../files";
import { gameModel } from "../match";
import { leave, retry, standing, trouble, unanswered } from "./member";
import { RankTable } from "./ranking";
import { gameText } from "../gamefile";
import { shortOf } from "./pasted";
import { reason } from "../reasons";
import { inWords } from "./service";

/** One line above the game. */
export function ClassBar() {
  const room = match.value?.room;
  if (!room) return null;
  const fault = trouble.value;
  const known = standing.value;
  const lost = fault?.code === "player";
  const count = match.value!.choices.length;
  const said = lost
    ? t("member.lost")
    : fault?.away
      ? t("member.away")
      : fault
        ? inWords(fault)
        : !known || known.known.length < count
          ? t("member.telling")
          : t("member.told");
  return (
    <div class={`classbar${fault ? " off" : ""}`} role="status">
      <span>
        <b>{room.name ? t("member.as", { code: room.code, name: room.name }) : t("member.in", { code: room.code })}</b> {said}
      </span>
      {fault && !lost ? (
        <button type="button" class="link" onClick={retry}>
          {t("member.retry")}
        </button>
      ) : null}
      <button type="button" class="link" onClick={() => (lost || confirm(t("member.leave.sure"))) && leave()}>
        {t("member.leave")}
      </button>
    </div>
  );
}

/** After the game: whether it counts, and where it stands. */
export function HandedIn() {
  const room = match.value?.room;
  if (!room) return null;
  const known = standing.value;
  const fault = trouble.value;
  const eventName = (name: string) => titleOf.happening(gameModel().rules.event.find((row) => row.name === name) ?? { name, title: name });
  return (
    <section class="card handed" aria-labelledby="handed-title">
      <h2 id="handed-title">{t("handed.title", { code: room.code })}</h2>
      <p role="status">
        {fault?.code === "player"
          ? t("member.lost")
          : fault?.away
            ? t("handed.away")
            : !known || known.state === "playing"
              ? t("handed.sending")
              : known.state === "waiting"
                ? t("handed.waiting", { n: known.waiting })
                : known.state === "refused"
                  ? t("handed.refused", { why: reason(known.reason) })
                  : known.apart.length
                    ? t("handed.apart", { points: number(known.points ?? 0, 1), events: known.apart.map(eventName).join(", ") })
                    : t("handed.accepted", { points: number(known.points ?? 0, 1) })}{" "}
        {known?.place ? t("handed.place", { place: known.place, of: known.of ?? 0 }) : null}
      </p>
      {known?.ranks ? (
        <details>
          <summary>{t("handed.ranking")}</summary>
          <RankTable ranks={known.ranks} mine={known.name} />
        </details>
      ) : null}
    </section>
  );
}

/** The finished game as a file or as letters to paste, for a class without a server. */
export function KeepGame() {
  const said = useSignal("");
  const name = useSignal(match.value?.room?.name ?? "");
  const text = () => {
    const now = match.value!;
    return gameText(model.value!, { ...now, choices: unanswered(now.choices) }, played.value!, name.value);
  };
  const copy = async () => {
    const short = await shortOf(text());
    try {
      await navigator.clipboard.writeText(short);
      said.value = t("keep.copied");
    } catch {
      // A page without encryption may not write there; the letters can be copied by hand.
      said.value = short;
    }
  };
  return (
    <section class="card keepgame" aria-labelledby="keep-title">
      <h2 id="keep-title">{t("keep.title")}</h2>
      <p class="soft">{t("keep.text")}</p>
      <div class="buttons">
        <label class="field">
          {t("join.name")}
          <input type="text" maxLength={40} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
        </label>
        <button type="button" onClick={() => save(`ccsim-game-${name.value.trim().replace(/[^\p{L}\p{N}]+/gu, "-") || match.value!.seed}.json`, text(), "application/json")}>
          {t("keep.file")}
        </button>
        <button type="button" onClick={() => void copy()}>
          {t("keep.copy")}
        </button>
      </div>
      {said.value.startsWith("ccsim-game:") ? (
        <label class="field">
          {t("keep.byhand")}
          <textarea rows={4} readOnly value={said.value} onFocus={(event) => event.currentTarget.select()} />
        </label>
      ) : (
        <p role="status">{said.value}</p>
      )}
    </section>
  );
}
